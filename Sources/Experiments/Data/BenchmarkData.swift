import Evaluation
import Foundation
import Synchronization
import Terminal
import Transfers

/// Where the documents of benchmarks are had from, as a command line names it.
public enum BenchmarkData {
  /// The folder that splits of the hub are fetched to.
  public static func directory(in workspace: Workspace) -> String { "\(workspace.data)/benchmarks" }

  /// The documents at a place.
  ///
  /// - Parameters:
  ///   - place: A folder, laid out as `TaskData` says, or `hf://` for each task's own data set on the
  ///     hub; the splits that are asked for are then fetched, unless they are in
  ///     ``directory(in:)`` already. Nil is that folder, if it is there.
  ///   - report: Is told what a reader of the figures should know.
  /// - Throws: ``ExperimentError/unknownPlace(_:)`` for any other address.
  public static func taskData(
    at place: String?, in workspace: Workspace,
    report: @escaping @Sendable (String) -> Void = {
      ProgressLine.writeToStandardError("\($0)\n")
    }
  ) throws -> TaskData {
    guard let place else {
      let fetched = directory(in: workspace)
      let isThere = FileManager.default.fileExists(atPath: fetched)
      return TaskData(directory: isThere ? fetched : nil, report: report)
    }
    guard RemoteAddress.isRemote(place) else {
      return TaskData(directory: place, report: report)
    }
    guard ["hf://", "hf://datasets", "hf://datasets/"].contains(place.lowercased()) else {
      throw ExperimentError.unknownPlace(place)
    }
    return fetchingTaskData(to: directory(in: workspace), in: workspace, report: report)
  }

  /// The documents in a folder; splits that it lacks are fetched from the hub to it.
  public static func fetchingTaskData(
    to directory: String, in workspace: Workspace,
    report: @escaping @Sendable (String) -> Void = {
      ProgressLine.writeToStandardError("\($0)\n")
    }
  ) -> TaskData {
    var data = TaskData(directory: directory, report: report)
    let display = FetchDisplay()
    // Where both are there, Parquet is what the hub's own tools wrote, with types.
    let readable = data.readers.map(\.fileExtension)
    let files = HubTaskFiles(
      directory: directory,
      fileExtensions: readable.filter { $0 == "parquet" } + readable.filter { $0 != "parquet" },
      client: { try workspace.transferClient() }, progress: { display.show($0) })
    data.fetch = { dataset, task in
      defer { display.finish() }
      try files.fetch(dataset, task: task)
    }
    return data
  }
}

/// The line on the terminal that shows a split coming.
private final class FetchDisplay: Sendable {
  private let line = Mutex<ProgressLine?>(nil)

  func show(_ progress: HubTaskFiles.Progress) {
    let line = line.withLock { line in
      let shown = line ?? ProgressLine(label: "\(progress.task): bytes", total: progress.byteCount)
      line = shown
      return shown
    }
    line.update(
      completed: progress.bytesDone,
      details: [
        "file \(progress.file + 1)/\(progress.fileCount)", Format.bytes(progress.bytesDone),
      ])
  }

  /// Ends the line of a split, so that the next one has its own.
  func finish() {
    let last = line.withLock { line in
      defer { line = nil }
      return line
    }
    last?.finish()
  }
}
