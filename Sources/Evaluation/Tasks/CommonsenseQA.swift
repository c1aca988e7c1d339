/// CommonsenseQA: questions about everyday concepts, answered by a letter (arXiv:1811.00937).
///
/// Prompt: `Question: …`, the five answers under their letters, `Answer:`; the letter is scored.
public struct CommonsenseQA: EvaluationTask {
  public let name = "commonsense_qa"
  /// The harness gives this task no version.
  public let version = 0.0
  public var dataset = TaskDataset.hub("tau/commonsense_qa", split: "validation")
  public let metrics: [EvaluationMetric] = [.accuracy]

  public init() {}

  public var examples: ExampleSource {
    .drawn(from: dataset.split("train"), leavingOutQuestion: true)
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let question = "Question: " + PythonText.stripping(try document.string("question"))
    let letters = ["A", "B", "C", "D", "E"]
    let texts = try document.object("choices").choices("text")
    if texts.count < letters.count {
      throw document.invalidValue("choices", expected: "\(letters.count) answers")
    }
    let key = try document.string("answerKey")
    return .choice(
      context: LetteredPrompt.text(question: question, letters: letters, answers: texts),
      choices: letters,
      gold: try LabelledChoices(texts: texts, labels: letters)
        .position(of: key, in: document, field: "answerKey"))
  }
}

extension EvaluationTask where Self == CommonsenseQA {
  /// CommonsenseQA.
  public static var commonsenseQA: CommonsenseQA { CommonsenseQA() }
}
