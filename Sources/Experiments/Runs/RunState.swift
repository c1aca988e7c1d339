import Corpora
import Models
import Training

/// All of a run's state that is not a tensor: `state.json` of a checkpoint.
public struct RunState: Sendable, Codable {
  /// The version of this record.
  public var format = 1
  /// The recipe's name, to find it again.
  public var recipe: String
  /// What the command line changed of it.
  public var overrides: RecipeOverrides
  /// The threads that kernels used; the same number gives the same bits.
  public var threads: Int
  /// The engine and kernels that made the products; others give other bits.
  public var kernels: String?
  /// The tokenizer's fingerprint.
  public var tokenizer: String
  /// Steps taken, skipped ones included.
  public var step: Int
  /// Targets trained on.
  public var tokens: Int
  /// Updates that AdamW has made.
  public var updateCount: Int
  /// Steps in a row, up to now, that were skipped.
  public var consecutiveSkips: Int
  /// All steps that were skipped.
  public var skippedSteps: Int
  /// The place in the corpus; absent in averaged weights.
  public var cursor: Cursor?

  /// Checks what a damaged or foreign record could hold.
  ///
  /// - Throws: `ExperimentError.unreadableRecord`.
  func validate(path: String) throws(ExperimentError) {
    let counts = [step, tokens, updateCount, consecutiveSkips, skippedSteps]
    // Far above any run, far below where sums overflow.
    guard format == 1, threads >= 1, counts.allSatisfy({ (0...(1 << 60)).contains($0) }) else {
      throw .unreadableRecord(
        path: path, reason: "format \(format), \(threads) threads, counts \(counts)")
    }
  }
}

/// What a run was started with: `run.json` beside its checkpoints, written before the first step.
public struct RunRecord: Sendable, Codable {
  public var format = 1
  public var recipe: String
  public var overrides: RecipeOverrides
  public var threads: Int

  /// - Throws: `ExperimentError.unreadableRecord`.
  func validate(path: String) throws(ExperimentError) {
    guard format == 1, threads >= 1 else {
      throw .unreadableRecord(path: path, reason: "format \(format), \(threads) threads")
    }
  }
}
