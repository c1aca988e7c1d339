/// WinoGrande: which of two names fills the blank of a sentence (arXiv:1907.10641).
///
/// Partial scoring: each name completes the text before the blank, and the text after the blank,
/// the same for both, is scored.
public struct WinoGrande: EvaluationTask {
  public let name = "winogrande"
  public let version = 1.0
  public var dataset = TaskDataset.hub(
    "allenai/winogrande", configuration: "winogrande_xl", split: "validation")
  public let metrics: [EvaluationMetric] = [.accuracy]

  public init() {}

  public var examples: ExampleSource {
    .drawn(from: dataset.split("train"), leavingOutQuestion: true)
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let sentence = try document.string("sentence").unicodeScalars
    guard let blank = sentence.firstIndex(of: "_") else {
      throw document.invalidValue("sentence", expected: "a blank, written \"_\"")
    }
    let before = String(String.UnicodeScalarView(sentence[..<blank]))
    let after = String(String.UnicodeScalarView(sentence[blank...].dropFirst()))
    let options = [try document.string("option1"), try document.string("option2")]
    let answer = try document.integer("answer")
    guard (1...options.count).contains(answer) else {
      throw document.invalidValue("answer", expected: "\"1\" or \"2\"")
    }
    return .choice(
      contexts: options.map { before + $0 },
      continuation: " " + PythonText.stripping(after), gold: answer - 1)
  }
}

extension EvaluationTask where Self == WinoGrande {
  /// WinoGrande.
  public static var winoGrande: WinoGrande { WinoGrande() }
}
