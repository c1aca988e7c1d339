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
    let premise = PythonText.stripping(try document.string("premise")).unicodeScalars.dropLast()
    return .choice(
      context: "\(String(String.UnicodeScalarView(premise))) \(connector)",
      // The choices bring a space of their own beside the harness's delimiter.
      choices: try ["choice1", "choice2"].map { " " + Self.uncapitalized(try document.string($0)) },
      gold: try document.gold("label", choiceCount: 2))
  }

  /// The text with its first scalar in lower case.
  private static func uncapitalized(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return text }
    return first.properties.lowercaseMapping
      + String(String.UnicodeScalarView(text.unicodeScalars.dropFirst()))
  }
}

extension EvaluationTask where Self == COPA {
  /// COPA.
  public static var copa: COPA { COPA() }
}
