/// A document as the model sees it: texts to score, and which of them is right.
public struct MultipleChoiceQuestion: Sendable, Equatable {
  /// One request a choice.
  public var requests: [Completion]
  /// The choices as they stand in the document, without the delimiter before them: what `acc_norm`
  /// and `acc_bytes` divide by the length of.
  public var choices: [String]
  /// The position of the right choice.
  public var gold: Int
  /// Whether the text after every context is but the delimiter, so that an example has nothing to show.
  let answerIsEmpty: Bool

  /// One context, followed by each of the choices.
  ///
  /// - Parameter delimiter: What stands between context and choice; a space unless told, as in
  ///   lm-evaluation-harness.
  public init(context: String, choices: [String], gold: Int, delimiter: String = " ") {
    requests = choices.map { Completion(context: context, continuation: delimiter + $0) }
    self.choices = choices
    self.gold = gold
    answerIsEmpty = false
  }

  /// Each choice completes the context, and what follows is the same for all.
  public init(contexts: [String], continuation: String, gold: Int) {
    requests = contexts.map { Completion(context: $0, continuation: continuation) }
    choices = contexts
    self.gold = gold
    answerIsEmpty = PythonText.stripping(continuation).isEmpty
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
      choices.count == requests.count,
      "question: \(requests.count) requests but \(choices.count) choices")
  }
}
