/// BoolQ: a passage and a question that is answered by no or yes (arXiv:1905.10044).
///
/// Prompt: the passage, then `Question: …?` and `Answer:` on lines of their own. Both answers are
/// so short that only plain accuracy is reported.
public struct BoolQ: EvaluationTask {
  public let name = "boolq"
  public let version = 2.0
  public var dataset = TaskDataset.hub(
    "aps/super_glue", configuration: "boolq", split: "validation")
  public let metrics: [EvaluationMetric] = [.accuracy]

  public init() {}

  public var examples: ExampleSource {
    .drawn(from: dataset.split("train"), leavingOutQuestion: true)
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let passage = try document.string("passage")
    let question = try document.string("question")
    return .choice(
      context: "\(passage)\nQuestion: \(question)?\nAnswer:",
      choices: ["no", "yes"],
      gold: try document.gold("label", choiceCount: 2))
  }
}

extension EvaluationTask where Self == BoolQ {
  /// BoolQ.
  public static var boolQ: BoolQ { BoolQ() }
}
