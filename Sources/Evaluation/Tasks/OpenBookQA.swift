/// OpenBookQA: elementary science questions, asked without the book (arXiv:1809.02789).
///
/// Prompt: the question's stem as it stands.
public struct OpenBookQA: EvaluationTask {
  public let name = "openbookqa"
  public let version = 1.0
  public var dataset = TaskDataset.hub(
    "allenai/openbookqa", configuration: "main", split: "test")
  public let metrics: [EvaluationMetric] = [.accuracy, .normalizedAccuracy]

  public init() {}

  public var examples: ExampleSource { .drawn(from: dataset.split("train")) }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let choices = try document.labelledChoices("choices")
    let key = PythonText.strippingLeading(try document.string("answerKey"))
    return .choice(
      context: try document.string("question_stem"), choices: choices.texts,
      gold: try choices.position(of: key, in: document, field: "answerKey"))
  }
}

extension EvaluationTask where Self == OpenBookQA {
  /// OpenBookQA.
  public static var openBookQA: OpenBookQA { OpenBookQA() }
}
