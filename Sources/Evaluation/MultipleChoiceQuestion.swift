/// A document as the model sees it: texts to score, and which of them is right.
public struct MultipleChoiceQuestion: Sendable, Equatable {
  /// One text to score: log P(continuation | context).
  public struct Request: Sendable, Equatable {
    public var context: String
    public var continuation: String

    public init(context: String, continuation: String) {
      self.context = context
      self.continuation = continuation
    }
  }

  /// One request a choice.
  public var requests: [Request]
  /// The characters of every choice (Unicode scalars, Python's `len`), which acc_norm divides by.
  ///
  /// The delimiter before a choice is part of its continuation but not of its length.
  public var choiceLengths: [Int]
  /// The position of the right choice.
  public var gold: Int

  /// One context, followed by each of the choices.
  ///
  /// - Parameter delimiter: What stands between context and choice; a space unless told, as in
  ///   lm-evaluation-harness.
  public init(context: String, choices: [String], gold: Int, delimiter: String = " ") {
    requests = choices.map { Request(context: context, continuation: delimiter + $0) }
    choiceLengths = choices.map(PythonText.length)
    self.gold = gold
  }

  /// Each choice completes the context, and what follows is the same for all.
  public init(contexts: [String], continuation: String, gold: Int) {
    requests = contexts.map { Request(context: $0, continuation: continuation) }
    choiceLengths = contexts.map(PythonText.length)
    self.gold = gold
  }

  /// Throws where there is nothing to score or no right answer among the choices.
  func validate(at location: DocumentLocation) throws {
    if requests.isEmpty { throw EvaluationError.noChoices(location, field: "choices") }
    guard requests.indices.contains(gold) else {
      throw EvaluationError.goldOutOfRange(
        location, field: "gold", gold: gold, choiceCount: requests.count)
    }
    if let choice = requests.firstIndex(where: { $0.continuation.isEmpty }) {
      throw EvaluationError.emptyContinuation(location, choice: choice)
    }
    precondition(
      choiceLengths.count == requests.count,
      "question: \(requests.count) requests but \(choiceLengths.count) lengths")
  }
}
