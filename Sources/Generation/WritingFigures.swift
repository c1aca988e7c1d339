/// How fast text was written, measured while it was.
public struct WritingFigures: Sendable {
  /// Tokens and the time that they took.
  public struct Pace: Sendable {
    public internal(set) var tokens = 0
    public internal(set) var seconds = 0.0
    /// Products with all weights.
    public internal(set) var steps = 0

    public var tokensPerSecond: Double? { seconds > 0 && tokens > 0 ? Double(tokens) / seconds : nil }
    public var tokensPerStep: Double? { steps > 0 ? Double(tokens) / Double(steps) : nil }

    mutating func add(tokens: Int, seconds: Double, steps: Int = 1) {
      self.tokens += tokens
      self.seconds += seconds
      self.steps += steps
    }
  }

  /// The prompts' tokens.
  public internal(set) var prompts = Pace()
  /// The continuations' tokens but for each one's first, which comes from the prompt's scores;
  /// guessing, testing and choosing are in the time.
  public internal(set) var writing = Pace()
  /// Those of `writing` that were written without guessing, to compare with; empty where nothing was
  /// guessed at all.
  public internal(set) var plain = Pace()
  /// The rest of `writing`: what guessing gave.
  public internal(set) var guessing = Pace()
  /// The tokens that were guessed ahead, and those of them that were right.
  public internal(set) var drafted = 0
  public internal(set) var accepted = 0

  public init() {}

  /// The part of the guessed tokens that were right.
  public var acceptanceRate: Double? {
    drafted > 0 ? Double(accepted) / Double(drafted) : nil
  }

  /// How much faster guessing was than the plain steps that were timed in between.
  public var speedUp: Double? {
    guard let guessing = guessing.tokensPerSecond, let plain = plain.tokensPerSecond else {
      return nil
    }
    return guessing / plain
  }
}
