import Corpora
import Models
import Training

/// All of a run's state that is not a tensor: `state.json` of a checkpoint.
public struct RunState: Sendable, Codable {
  /// The version of this record.
  public var format = RunState.currentFormat
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

  /// Format 1 had cursors that this version cannot read.
  private static let currentFormat = 2

  /// Whether the record holds a place in the corpus that only an older version can read.
  var hasUnreadableCursor: Bool { format == 1 && step > 0 }

  /// Checks what a damaged or foreign record could hold.
  ///
  /// - Throws: `ExperimentError.unreadableRecord`.
  func validate(path: String) throws(ExperimentError) {
    let counts = [step, tokens, updateCount, consecutiveSkips, skippedSteps]
    // Far above any run, far below where sums overflow.
    guard (1...Self.currentFormat).contains(format), threads >= 1,
      counts.allSatisfy({ (0...(1 << 60)).contains($0) })
    else {
      throw .unreadableRecord(
        path: path, reason: "format \(format), \(threads) threads, counts \(counts)")
    }
  }
}

extension RunState {
  /// Reads a record of this version or an older one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let format = try container.decode(Int.self, forKey: .format)
    self.init(
      format: format,
      recipe: try container.decode(String.self, forKey: .recipe),
      overrides: try container.decode(RecipeOverrides.self, forKey: .overrides),
      threads: try container.decode(Int.self, forKey: .threads),
      kernels: try container.decodeIfPresent(String.self, forKey: .kernels),
      tokenizer: try container.decode(String.self, forKey: .tokenizer),
      step: try container.decode(Int.self, forKey: .step),
      tokens: try container.decode(Int.self, forKey: .tokens),
      updateCount: try container.decode(Int.self, forKey: .updateCount),
      consecutiveSkips: try container.decode(Int.self, forKey: .consecutiveSkips),
      skippedSteps: try container.decode(Int.self, forKey: .skippedSteps),
      cursor: format == 1 ? nil : try container.decodeIfPresent(Cursor.self, forKey: .cursor))
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
