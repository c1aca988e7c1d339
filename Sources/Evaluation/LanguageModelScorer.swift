/// A model that tells the log-likelihood of tokens after tokens.
public protocol LanguageModelScorer {
  /// The most tokens the model reads at once.
  var contextLength: Int { get }
  /// The number of tokens that the model gives probabilities to.
  var vocabularySize: Int { get }
  /// Returns a score for every request, in order.
  ///
  /// Every request fits: its context has at least one token, its continuation at least one, and
  /// both together at most `contextLength + 1` (the last is only a target, never read).
  mutating func score(_ requests: [TokenizedRequest]) throws -> [RequestScore]
}

/// Token ids to score: log P(continuation | context).
public struct TokenizedRequest: Sendable, Hashable {
  public var context: [Int32]
  public var continuation: [Int32]

  public init(context: [Int32], continuation: [Int32]) {
    self.context = context
    self.continuation = continuation
  }

  /// The tokens of context and continuation together.
  public var count: Int { context.count + continuation.count }
}

/// What a model says about a request.
public struct RequestScore: Sendable, Equatable {
  /// Σ ln P(token | all before it) over the continuation, in nats.
  public var logLikelihood: Double
  /// Whether every token of the continuation is the model's most probable one.
  public var isGreedy: Bool

  public init(logLikelihood: Double, isGreedy: Bool) {
    self.logLikelihood = logLikelihood
    self.isGreedy = isGreedy
  }
}
