/// A figure for each question, whose mean over the documents is reported.
public struct EvaluationMetric: Sendable {
  /// The name in reports, such as `acc`.
  public var name: String
  public var higherIsBetter: Bool
  /// A question's value, from the scores of its requests in order.
  public var value: @Sendable (MultipleChoiceQuestion, [RequestScore]) -> Double

  public init(
    name: String, higherIsBetter: Bool = true,
    value: @escaping @Sendable (MultipleChoiceQuestion, [RequestScore]) -> Double
  ) {
    self.name = name
    self.higherIsBetter = higherIsBetter
    self.value = value
  }

  /// 1 where the right choice has the greatest log-likelihood; the first wins a tie.
  public static let accuracy = EvaluationMetric(name: "acc") { question, scores in
    greatest(of: scores.map(\.logLikelihood)) == question.gold ? 1 : 0
  }

  /// 1 where the right choice has the greatest log-likelihood a character.
  ///
  /// A choice of no characters divides by zero, which makes it −∞: never chosen before another.
  public static let normalizedAccuracy = EvaluationMetric(name: "acc_norm") { question, scores in
    let perCharacter = zip(scores, question.choiceLengths).map { score, length in
      score.logLikelihood / Double(length)
    }
    return greatest(of: perCharacter) == question.gold ? 1 : 0
  }

  private static func greatest(of values: [Double]) -> Int? {
    values.indices.max { values[$0] < values[$1] || (values[$0] == values[$1] && $0 > $1) }
  }
}
