/// SciQ: science questions with a supporting paragraph and three wrong answers (arXiv:1707.06209).
///
/// Prompt: the paragraph, then `Question: …` and `Answer:` on lines of their own; the right answer
/// comes last.
public struct SciQ: EvaluationTask {
  public let name = "sciq"
  public let version = 1.0
  public var dataset = TaskDataset.hub("allenai/sciq", split: "test")
  public let metrics: [EvaluationMetric] = [.accuracy, .normalizedAccuracy]

  public init() {}

  public var examples: ExampleSource { .drawn(from: dataset.split("train")) }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let support = PythonText.strippingLeading(try document.string("support"))
    let question = try document.string("question")
    let fields = ["distractor1", "distractor2", "distractor3", "correct_answer"]
    return .choice(
      context: "\(support)\nQuestion: \(question)\nAnswer:",
      choices: try fields.map(document.string), gold: fields.count - 1)
  }
}

extension EvaluationTask where Self == SciQ {
  /// SciQ.
  public static var sciQ: SciQ { SciQ() }
}
