import Foundation

/// What can be wrong with the logs that a view is asked to show.
public enum TerminalError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A file or folder cannot be read.
  case unreadable(path: String, reason: String)
  /// A line that was written to its end is not a metrics record.
  case brokenLine(path: String, line: Int, reason: String, found: String)
  /// The folder of logs holds no run.
  case noRuns(folder: String)
  /// There is no run of that name.
  case missingRun(name: String, folder: String, nearest: [String], all: [String])
  /// The run's log holds no step yet.
  case emptyRun(name: String, path: String)

  /// Describes why the file system refused a path.
  static func unreadable(path: String, because error: any Error) -> TerminalError {
    let reason =
      switch (error as? CocoaError)?.code {
      case .fileReadNoSuchFile?, .fileNoSuchFile?: "no such file or folder"
      case .fileReadNoPermission?: "permission denied"
      default: (error as NSError).localizedDescription
      }
    return .unreadable(path: path, reason: reason)
  }

  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      return "\(path): cannot be read (\(reason)). Check the path and its permissions."
    case .brokenLine(let path, let line, let reason, let found):
      return
        "\(path):\(line): expected a metrics record in JSON, but \(reason); found: `\(found)`. "
        + "Delete or repair that line to see the rest of the run."
    case .noRuns(let folder):
      return "\(folder): no run found (expected \(folder)/RUN/metrics.jsonl). "
        + "Start a training run, or name another folder."
    case .missingRun(let name, let folder, let nearest, let all):
      let limit = 20
      var lines = ["\(folder): no run named '\(DisplayWidth.printable(name))'."]
      if !nearest.isEmpty {
        let names = nearest.map { "'\(DisplayWidth.printable($0))'" }
        lines.append("Did you mean \(names.joined(separator: " or "))?")
      }
      lines.append("Runs: " + all.prefix(limit).map(DisplayWidth.printable).joined(separator: ", "))
      if all.count > limit { lines[lines.count - 1] += ", and \(all.count - limit) more" }
      return lines.joined(separator: "\n")
    case .emptyRun(let name, let path):
      return "\(path): run '\(DisplayWidth.printable(name))' has not logged a step yet. "
        + "Wait for its first step."
    }
  }
}
