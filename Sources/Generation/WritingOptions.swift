import Models

/// What is written, and when it ends.
public struct WritingOptions: Sendable {
  public var sampling: SamplingOptions
  /// The most tokens that a text is continued by.
  public var maximumTokens: Int
  /// Texts that end a continuation; they are not part of it.
  public var stopTexts: [String]
  /// Tokens that end a continuation; they are not part of it.
  public var endTokens: Set<Int32>
  /// Whether a prompt that is too long loses its beginning instead of being refused.
  public var truncatesPrompts: Bool
  /// The most texts that are written at once; further prompts wait until one of them ends.
  public var sequencesAtOnce: Int

  public init(
    sampling: SamplingOptions = SamplingOptions(), maximumTokens: Int = 128,
    stopTexts: [String] = [], endTokens: Set<Int32> = [], truncatesPrompts: Bool = false,
    sequencesAtOnce: Int = 8
  ) {
    self.sampling = sampling
    self.maximumTokens = maximumTokens
    self.stopTexts = stopTexts
    self.endTokens = endTokens
    self.truncatesPrompts = truncatesPrompts
    self.sequencesAtOnce = sequencesAtOnce
  }
}

/// Where the tokens come from that are guessed ahead, and tested together in one step.
public enum Drafting: Sendable {
  /// Nothing is guessed.
  case none
  /// What followed the text's last tokens where they came before; at most so many.
  case promptLookup(tokens: Int)
  /// What a smaller model with the same tokenizer writes; at most so many.
  case model(any DecodingModel, tokens: Int)

  /// A limit for draft models: transformers' draft begins at 5 and rarely earns more than 16.
  public static let usualModelTokens = 16

  /// The most tokens that are guessed at once.
  public var maximumTokens: Int {
    switch self {
    case .none: 0
    case .promptLookup(let tokens), .model(_, let tokens): tokens
    }
  }
}

/// Why a continuation ended.
public enum FinishReason: Sendable, Hashable {
  /// A stop text came.
  case stopText
  /// An end token came.
  case endToken(Int32)
  /// The most tokens were written.
  case maximumTokens
  /// The context is full.
  case contextEnd

  /// A word for records: `stop`, `end`, `length` or `context`.
  public var name: String {
    switch self {
    case .stopText: "stop"
    case .endToken: "end"
    case .maximumTokens: "length"
    case .contextEnd: "context"
    }
  }
}

/// A continuation, and what it took.
public struct WrittenText: Sendable {
  /// The continuation alone.
  public internal(set) var text = ""
  /// Its tokens, with those of a stop text and without an end token.
  public internal(set) var tokens: [Int32] = []
  public internal(set) var reason = FinishReason.maximumTokens
  /// The prompt's tokens that the model saw.
  public internal(set) var promptTokens = 0
  /// The tokens that the prompt's beginning was shortened by.
  public internal(set) var cutTokens = 0
  /// Those of the prompt that the model still knew from before.
  public internal(set) var knownTokens = 0
  /// The time in which the prompt was read.
  public internal(set) var promptSeconds = 0.0
  /// From the first token to the end, whatever else was written meanwhile.
  public internal(set) var seconds = 0.0
  /// The tokens that were guessed ahead, and those of them that were right.
  public internal(set) var drafted = 0
  public internal(set) var accepted = 0

  public init() {}
}

/// What happens while text is written.
public enum WritingEvent: Sendable {
  /// A prompt was read. What of it was cut is known then.
  case read(prompt: Int, WrittenText)
  /// The next characters of a continuation.
  case text(prompt: Int, String)
  case finished(prompt: Int, WrittenText)
}
