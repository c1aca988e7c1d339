/// What a model answered to one document.
public enum TaskAnswer: Sendable, Equatable {
  /// A score for every completion of the question, in order; one for a whole text.
  case scores([RequestScore])
  /// What the model wrote, without what ended it.
  case text(String)

  /// The scores; none where the answer is a text.
  public var scores: [RequestScore] {
    if case .scores(let scores) = self { return scores }
    return []
  }

  /// The text written; empty where the answer is scores.
  public var text: String {
    if case .text(let text) = self { return text }
    return ""
  }
}

/// A document with what was asked about it and what the model answered.
public struct AnsweredDocument: Sendable, Equatable {
  public var document: TaskDocument
  public var question: TaskQuestion
  public var answer: TaskAnswer

  public init(document: TaskDocument, question: TaskQuestion, answer: TaskAnswer) {
    self.document = document
    self.question = question
    self.answer = answer
  }
}
