/// GSM8K: word problems of grade-school mathematics, solved step by step (arXiv:2110.14168).
///
/// Prompt: five solved problems of the training split and the problem. The number is read out of what
/// the model writes in two ways: strictly after `####`, as the examples show it, or flexibly, the last
/// number that there is.
public struct GSM8K: EvaluationTask {
  public let name = "gsm8k"
  public let version = 3.0
  public var dataset = TaskDataset.hub("openai/gsm8k", configuration: "main", split: "test")
  public let shots = ShotCount.adjustable(5)

  public init() {}

  public var examples: ExampleSource { .drawn(from: dataset.split("train")) }

  public let metrics: [EvaluationMetric] = [
    exactMatch("strict-match", NumericAnswer.strict),
    exactMatch("flexible-extract", NumericAnswer.flexible),
  ]

  private static func exactMatch(
    _ filter: String, _ extract: @escaping @Sendable (String) -> String
  ) -> EvaluationMetric {
    EvaluationMetric(name: "exact_match", filter: filter) { answered in
      let isMatch = NumericAnswer.isMatch(
        extract(answered.answer.text), target: try answered.document.string("answer"))
      return .number(isMatch ? 1 : 0)
    }
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    .generation(
      GenerationQuestion(
        context: "Question: \(try document.string("question"))\nAnswer:",
        reference: try document.string("answer"), stops: ["Question:", "</s>", "<|im_end|>"]))
  }
}

extension EvaluationTask where Self == GSM8K {
  /// GSM8K.
  public static var gsm8k: GSM8K { GSM8K() }
}
