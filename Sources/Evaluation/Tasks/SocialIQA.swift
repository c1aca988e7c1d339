/// Social IQa: what people feel, want and do next (arXiv:1904.09728).
///
/// Prompt: `Q:` with the situation and the question, then `A:` on a line of its own.
public struct SocialIQA: EvaluationTask {
  public let name = "social_iqa"
  public let version = 0.0
  public var dataset = TaskDataset.hub("lighteval/siqa", split: "validation")
  public let metrics: [EvaluationMetric] = [.accuracy]

  public init() {}

  public var examples: ExampleSource {
    .drawn(from: dataset.split("train"), leavingOutQuestion: true)
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let situation = try document.string("context")
    let question = try document.string("question")
    let answers = try ["answerA", "answerB", "answerC"].map(document.string)
    let label = try document.integer("label")
    guard (1...answers.count).contains(label) else {
      throw document.invalidValue("label", expected: "\"1\", \"2\" or \"3\"")
    }
    return .choice(
      context: "Q: \(situation) \(question)\nA:", choices: answers, gold: label - 1)
  }
}

extension EvaluationTask where Self == SocialIQA {
  /// Social IQa.
  public static var socialIQA: SocialIQA { SocialIQA() }
}
