/// A question with its answers under letters, of which the model names one.
enum LetteredPrompt {
  /// The question, a line `A. …` for each answer, and `Answer:`.
  ///
  /// `answers` may be longer than `letters`; what has no letter is not shown.
  static func text(question: String, letters: [String], answers: [String]) -> String {
    let lines = zip(letters, answers).map { "\($0). \($1)\n" }
    return "\(question)\n\(lines.joined())Answer:"
  }
}
