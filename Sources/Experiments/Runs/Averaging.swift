import Checkpoints
import Files
import Foundation

/// The mean of a run's last weights, as a checkpoint of its own.
///
/// The paper averages the last five checkpoints (arXiv:2404.14619, section 3.1).
public enum Averaging {
  /// What was averaged, and where it is.
  public struct Result: Sendable {
    public let path: String
    public let steps: [Int]
    /// Newer checkpoints that were passed over, with the reason.
    public let broken: [String]
  }

  /// Writes `checkpoints/RUN/average` from the newest `count` whole checkpoints, or as many as there
  /// are.
  ///
  /// - Throws: `ExperimentError.unknownRun`, `.noCheckpoint`, `CheckpointError`, `FileError`.
  public static func average(
    _ run: RunDirectory, last count: Int, in workspace: Workspace
  ) throws -> Result {
    _ = try run.record()
    precondition(count >= 1, "an average of \(count) checkpoints")
    var (whole, broken): ([Checkpoint], [String]) = ([], [])
    for checkpoint in try run.checkpoints.all().reversed() where whole.count < count {
      do {
        try checkpoint.verify()
        whole.append(checkpoint)
      } catch {
        broken.append("\(error)")
      }
    }
    guard let newest = whole.first else {
      throw ExperimentError.noCheckpoint(run: run.name, broken: broken)
    }
    whole.reverse()
    let source = try RunCheckpoint(path: newest.path)
    var state = source.state
    state.cursor = nil
    let record = try JSONRecord.encode(state)
    let steps = whole.map(\.step)
    try run.checkpoints.write(named: "average", step: newest.step) { folder in
      try WeightAverage.write(
        of: whole.map { "\($0.path)/\(RunCheckpoint.weightsName)" },
        to: "\(folder)/\(RunCheckpoint.weightsName)",
        metadata: ["averaged_steps": steps.map(String.init).joined(separator: " ")])
      try AtomicFile.write(record, to: "\(folder)/\(RunCheckpoint.stateName)")
      for path in ["\(newest.path)/\(RunCheckpoint.recipeName)", try source.tokenizerPath()] {
        let name = (path as NSString).lastPathComponent
        try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/\(name)")
      }
    }
    return Result(path: run.averagePath, steps: steps, broken: broken)
  }
}
