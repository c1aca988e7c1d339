/// COPA: which of two sentences is the cause or the effect of a premise (SuperGLUE, arXiv:1905.00537).
///
/// Prompt: the premise without its full stop, then `because` or `therefore`; the choice begins with a
/// small letter.
public struct COPA: EvaluationTask {
  public let name = "copa"
  public let version = 1.0
  public var dataset = TaskDataset.hub(
    "aps/super_glue", configuration: "copa", split: "validation")
  public let metrics: [EvaluationMetric] = [.accuracy]

  public init() {}

  public var examples: ExampleSource {
    .drawn(from: dataset.split("train"), leavingOutQuestion: true)
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let connectors = ["cause": "because", "effect": "therefore"]
    guard let connector = connectors[try document.string("question")] else {
      throw document.invalidValue("question", expected: "\"cause\" or \"effect\"")
    }
    let premise = PythonText.droppingLast(PythonText.stripping(try document.string("premise")))
    return .choice(
      context: "\(premise) \(connector)",
      // The choices bring a space of their own beside the harness's delimiter.
      choices: try ["choice1", "choice2"].map { field in
        guard let choice = PythonText.lowercasingFirst(try document.string(field)) else {
          throw document.invalidValue(field, expected: "a sentence")
        }
        return " " + choice
      },
      gold: try document.gold("label", choiceCount: 2))
  }
}

extension EvaluationTask where Self == COPA {
  /// COPA.
  public static var copa: COPA { COPA() }
}
