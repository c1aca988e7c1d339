/// The AI2 reasoning challenge: school science questions of three to five choices (arXiv:1803.05457).
///
/// Prompt: `Question: …`, a line break, `Answer:`. The two configurations differ in nothing else.
public struct ARC: EvaluationTask {
  public var name: String
  public var dataset: TaskDataset
  public let version = 1.0
  public let metrics: [EvaluationMetric] = [.accuracy, .normalizedAccuracy]

  public init(name: String, dataset: TaskDataset) {
    self.name = name
    self.dataset = dataset
  }

  /// `arc_easy`: what simple retrieval and co-occurrence answered.
  public static let easy = ARC(
    name: "arc_easy",
    dataset: .hub("allenai/ai2_arc", configuration: "ARC-Easy", split: "test"))

  /// `arc_challenge`: what they did not.
  public static let challenge = ARC(
    name: "arc_challenge",
    dataset: .hub("allenai/ai2_arc", configuration: "ARC-Challenge", split: "test"))

  public func question(from document: TaskDocument) throws -> MultipleChoiceQuestion {
    let question = try document.string("question")
    let choices = try document.object("choices")
    let texts = try choices.choices("text")
    let labels = try choices.strings("label")
    if labels.count != texts.count {
      throw choices.invalidValue("label", expected: "a list of \(texts.count), one a text")
    }
    let key = try document.string("answerKey")
    guard let gold = labels.firstIndex(where: { $0.utf8.elementsEqual(key.utf8) }) else {
      throw document.invalidValue(
        "answerKey", expected: "one of the labels \(labels.joined(separator: ", "))")
    }
    return MultipleChoiceQuestion(
      context: "Question: \(question)\nAnswer:", choices: texts, gold: gold)
  }
}

extension EvaluationTask where Self == ARC {
  /// ARC-Easy.
  public static var arcEasy: ARC { .easy }
  /// ARC-Challenge.
  public static var arcChallenge: ARC { .challenge }
}
