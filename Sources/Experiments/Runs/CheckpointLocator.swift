import Checkpoints
import Foundation
import Terminal

/// Finds the checkpoint that a word on the command line means.
public enum CheckpointLocator {
  /// A run's newest whole checkpoint, or the checkpoint at a path.
  ///
  /// - Throws: `ExperimentError.unknownRun`, `.noCheckpoint`, `CheckpointError` for a checkpoint at a
  ///   path whose files are not as they were written.
  public static func checkpoint(
    _ word: String, in workspace: Workspace
  ) throws -> RunCheckpoint {
    // As tab completion leaves them: ./checkpoints/RUN/ means checkpoints/RUN.
    var word = word
    while word.hasPrefix("./") { word.removeFirst(2) }
    while word.hasSuffix("/"), word.count > 1 { word.removeLast() }
    let statePath = "\(word)/\(RunCheckpoint.stateName)"
    if FileManager.default.fileExists(atPath: statePath) {
      let checkpoint = try RunCheckpoint(path: word)
      try Checkpoint(step: checkpoint.state.step, path: word).verify()
      return checkpoint
    }
    // A path to a run's folder means the run.
    let prefix = workspace.checkpoints + "/"
    let name = word.hasPrefix(prefix) ? String(word.dropFirst(prefix.count)) : word
    guard let run = try? RunDirectory(name, in: workspace), run.exists else {
      throw ExperimentError.unknownRun(name: word, known: RunDirectory.names(in: workspace))
    }
    let (whole, broken) = try run.checkpoints.newestWhole()
    for item in broken {
      ProgressLine.writeToStandardError("passing over a broken checkpoint: \(item.reason)\n")
    }
    guard let whole else {
      throw ExperimentError.noCheckpoint(run: run.name, broken: broken.map { "\($0.reason)" })
    }
    return try RunCheckpoint(path: whole.path)
  }

  /// The paths of all whole checkpoints of a run in the order of their steps, and of the average if
  /// there is one.
  ///
  /// - Throws: As ``checkpoint(_:in:)``.
  public static func everyCheckpoint(_ word: String, in workspace: Workspace) throws -> [String] {
    guard let run = try? RunDirectory(word, in: workspace), run.exists else {
      throw ExperimentError.unknownRun(name: word, known: RunDirectory.names(in: workspace))
    }
    var paths: [String] = []
    for checkpoint in try run.checkpoints.all() {
      do {
        try checkpoint.verify()
        paths.append(checkpoint.path)
      } catch {
        ProgressLine.writeToStandardError("passing over a broken checkpoint: \(error)\n")
      }
    }
    if paths.isEmpty { throw ExperimentError.noCheckpoint(run: run.name, broken: []) }
    if FileManager.default.fileExists(
      atPath: "\(run.averagePath)/\(RunCheckpoint.stateName)")
    {
      paths.append(run.averagePath)
    }
    return paths
  }
}
