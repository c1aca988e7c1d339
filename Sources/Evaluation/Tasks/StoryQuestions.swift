/// Questions of one's own: JSON lines `{"context": …, "choices": [ … ], "answer": n}`.
///
/// The choices are taken as they stand, with the space that they begin with; it counts among the
/// characters that acc_norm divides by, as lm-evaluation-harness does for a task whose
/// `target_delimiter` is empty.
public struct StoryQuestions: EvaluationTask {
  public var name: String
  public var version: Double
  public var dataset: TaskDataset
  public let metrics: [EvaluationMetric] = [.accuracy, .normalizedAccuracy]

  /// - Parameters:
  ///   - name: The task's name in reports.
  ///   - file: The path of the JSON-lines file.
  ///   - version: The version of the questions, raised when they change.
  public init(name: String, file: String, version: Double = 1) {
    self.name = name
    self.version = version
    dataset = .file(file)
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let choices = try document.choices("choices")
    return .choice(
      context: try document.string("context"), choices: choices,
      gold: try document.gold("answer", choiceCount: choices.count), delimiter: "")
  }
}

extension EvaluationTask where Self == StoryQuestions {
  /// Questions of one's own in a JSON-lines file.
  public static func storyQuestions(name: String, file: String) -> StoryQuestions {
    StoryQuestions(name: name, file: file)
  }
}
