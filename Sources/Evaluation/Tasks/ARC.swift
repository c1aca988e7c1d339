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

  public var examples: ExampleSource { .drawn(from: dataset.split("train")) }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let question = try document.string("question")
    let choices = try document.labelledChoices("choices")
    let key = try document.string("answerKey")
    return .choice(
      context: "Question: \(question)\nAnswer:", choices: choices.texts,
      gold: try choices.position(of: key, in: document, field: "answerKey"))
  }
}

extension EvaluationTask where Self == ARC {
  /// ARC-Easy.
  public static var arcEasy: ARC { .easy }
  /// ARC-Challenge.
  public static var arcChallenge: ARC { .challenge }
}
