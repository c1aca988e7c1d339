/// PIQA: which of two ways reaches an everyday goal (arXiv:1911.11641).
///
/// Prompt: `Question: …`, a line break, `Answer:`.
public struct PIQA: EvaluationTask {
  public let name = "piqa"
  public let version = 1.0
  public var dataset = TaskDataset.hub("baber/piqa", split: "validation")
  public let metrics: [EvaluationMetric] = [.accuracy, .normalizedAccuracy]

  public init() {}

  public var examples: ExampleSource {
    .drawn(from: dataset.split("train"), leavingOutQuestion: true)
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    .choice(
      context: "Question: \(try document.string("goal"))\nAnswer:",
      choices: [try document.string("sol1"), try document.string("sol2")],
      gold: try document.gold("label", choiceCount: 2))
  }
}

extension EvaluationTask where Self == PIQA {
  /// PIQA.
  public static var piqa: PIQA { PIQA() }
}
