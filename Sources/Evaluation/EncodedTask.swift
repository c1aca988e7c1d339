import Tokenization

/// A task's questions as token ids, made once for any number of models of one tokenizer and context.
public struct EncodedTask: Sendable {
  public let prepared: PreparedTask
  /// The most tokens that the model reads at once.
  public let contextLength: Int
  let plan: ScoringPlan
  /// For every document the slots of its answers' scores: one a completion, or a text's windows.
  let slots: [[Int]]

  /// - Throws: `EvaluationError.emptyContinuation`, `.continuationTooLong`, `.noStartToken`.
  public init(
    _ prepared: PreparedTask, tokenizer: any Tokenizer, contextLength: Int
  ) throws {
    var plan = ScoringPlan()
    var encoder = RequestEncoder(tokenizer: tokenizer, contextLength: contextLength)
    slots = try zip(prepared.questions, prepared.documents).map { question, document in
      try encoder.encode(question, at: document.location).map { plan.add($0) }
    }
    self.plan = plan
    self.prepared = prepared
    self.contextLength = contextLength
  }

  /// The tokens whose probabilities are asked for; they depend on the texts and the tokenizer alone.
  public var targetCount: Int {
    slots.joined().reduce(0) { $0 + plan.requests[$1].continuation.count }
  }

  /// The tokens of all different requests, what they share counted in each.
  public var tokenCount: Int { plan.requests.reduce(0) { $0 + $1.count } }
}
