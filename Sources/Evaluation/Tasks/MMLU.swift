/// MMLU: examination questions of 57 subjects, answered by a letter (arXiv:2009.03300).
///
/// Prompt: a sentence that names the subject, the examples, which are the first of its `dev` split,
/// then the question, the four answers under their letters, and `Answer:`; the letter is scored.
public struct MMLU: EvaluationTask {
  /// One of ``MMLUSubjects``'s names, such as `high_school_biology`.
  public var subject: String
  public var dataset: TaskDataset
  public let version = 1.0
  public let metrics: [EvaluationMetric] = [.accuracy]

  public init(subject: String) {
    self.subject = subject
    dataset = .hub("cais/mmlu", configuration: subject, split: "test")
  }

  public var name: String { "mmlu_\(subject)" }
  public var alias: String { subject }
  public var examples: ExampleSource { .first(of: dataset.split("dev")) }

  public var preamble: String {
    let topic = subject.split(separator: "_").joined(separator: " ")
    return "The following are multiple choice questions (with answers) about \(topic).\n\n"
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let question = PythonText.stripping(try document.string("question"))
    let letters = ["A", "B", "C", "D"]
    let answers = try document.choices("choices")
    if answers.count < letters.count {
      throw document.invalidValue("choices", expected: "\(letters.count) answers")
    }
    return .choice(
      context: LetteredPrompt.text(question: question, letters: letters, answers: answers),
      choices: letters, gold: try document.gold("answer", choiceCount: letters.count))
  }
}

extension EvaluationTask where Self == MMLU {
  /// One subject of MMLU.
  public static func mmlu(_ subject: String) -> MMLU { MMLU(subject: subject) }
}
