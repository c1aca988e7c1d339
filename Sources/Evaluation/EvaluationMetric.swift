/// A figure for each document, aggregated over the documents.
public struct EvaluationMetric: Sendable {
  /// The name in reports, such as `acc`.
  public var name: String
  /// How an answer was read out of what the model wrote; `none` where it was not.
  ///
  /// The harness writes it behind the name: `exact_match,strict-match`.
  public var filter: String
  public var higherIsBetter: Bool
  public var aggregation: MetricAggregation
  /// The value of one answered document.
  public var value: @Sendable (AnsweredDocument) throws -> MetricValue

  public init(
    name: String, filter: String = "none", higherIsBetter: Bool = true,
    aggregation: MetricAggregation = .mean,
    value: @escaping @Sendable (AnsweredDocument) throws -> MetricValue
  ) {
    self.name = name
    self.filter = filter
    self.higherIsBetter = higherIsBetter
    self.aggregation = aggregation
    self.value = value
  }

  /// A metric of multiple-choice questions.
  public static func choice(
    _ name: String, higherIsBetter: Bool = true,
    value: @escaping @Sendable (MultipleChoiceQuestion, [RequestScore]) -> Double
  ) -> EvaluationMetric {
    EvaluationMetric(name: name, higherIsBetter: higherIsBetter) { answered in
      guard case .choice(let question) = answered.question else {
        throw EvaluationError.metricDoesNotFit(
          answered.document.location, metric: name, expected: "a multiple-choice question")
      }
      return .number(value(question, answered.answer.scores))
    }
  }

  /// 1 where the right choice has the greatest log-likelihood; the first wins a tie.
  public static let accuracy = choice("acc") { question, scores in
    greatest(of: scores.map(\.logLikelihood)) == question.gold ? 1 : 0
  }

  /// 1 where the right choice has the greatest log-likelihood a character (Python's `len`).
  ///
  /// A choice of no characters divides by zero, which makes it −∞: never chosen before another.
  public static let normalizedAccuracy = choice("acc_norm") { question, scores in
    let lengths = question.choices.map(PythonText.length)
    return greatest(of: perUnit(scores, lengths)) == question.gold ? 1 : 0
  }

  /// 1 where the right choice has the greatest log-likelihood a byte of UTF-8.
  public static let byteNormalizedAccuracy = choice("acc_bytes") { question, scores in
    let lengths = question.choices.map(\.utf8.count)
    return greatest(of: perUnit(scores, lengths)) == question.gold ? 1 : 0
  }

  /// 1 where every token of the one continuation is the model's most probable one.
  public static let greedyAccuracy = EvaluationMetric(name: "acc") { answered in
    .number(answered.answer.scores.allSatisfy(\.isGreedy) ? 1 : 0)
  }

  /// e to the mean negative log-likelihood of the continuations.
  public static let perplexity = EvaluationMetric(
    name: "perplexity", higherIsBetter: false, aggregation: .perplexity
  ) { answered in
    .number(answered.answer.scores.reduce(0) { $0 + $1.logLikelihood })
  }

  private static func perUnit(_ scores: [RequestScore], _ lengths: [Int]) -> [Double] {
    zip(scores, lengths).map { $0.logLikelihood / Double($1) }
  }

  private static func greatest(of values: [Double]) -> Int? {
    values.indices.max { values[$0] < values[$1] || (values[$0] == values[$1] && $0 > $1) }
  }
}
