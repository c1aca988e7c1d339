/// What an evaluation during training logs of one metric of one task: a line of
/// `logs/RUN/metrics.jsonl`, told from a step's by its key `task`.
///
/// It has no key that sums over steps' lines would count: its time is `evaluation_seconds`, so that
/// `seconds` and `tokens_per_second` stay those of training alone. Keys that are not listed here are
/// ignored.
public struct ScoreRecord: Codable, Sendable, Equatable {
  /// The step whose weights were scored.
  public var step: Int
  /// The tokens that the weights were trained on.
  public var tokens: Int
  /// The task's name, such as `arc_easy`.
  public var task: String
  /// The metric's name, such as `acc`; with its filter where it has one, `exact_match,strict-match`.
  public var metric: String
  /// The examples before each question.
  public var shots: Int
  /// The documents evaluated.
  public var documentCount: Int
  /// The score; nil where it is not finite, which JSON cannot say.
  public var value: Double?
  /// Its standard error, where it has one.
  public var standardError: Double?
  /// What choosing blindly would score, where something is chosen.
  public var chance: Double?
  public var higherIsBetter: Bool
  /// The wall-clock time of the task, the same in each of its metrics' lines; nil for a mean of tasks.
  public var evaluationSeconds: Double?

  public init(
    step: Int, tokens: Int, task: String, metric: String, shots: Int = 0, documentCount: Int,
    value: Double?, standardError: Double? = nil, chance: Double? = nil,
    higherIsBetter: Bool = true, evaluationSeconds: Double? = nil
  ) {
    self.step = step
    self.tokens = tokens
    self.task = task
    self.metric = metric
    self.shots = shots
    self.documentCount = documentCount
    self.value = value
    self.standardError = standardError
    self.chance = chance
    self.higherIsBetter = higherIsBetter
    self.evaluationSeconds = evaluationSeconds
  }

  /// The keys of a line.
  public enum CodingKeys: String, CodingKey {
    case step
    case tokens
    case task
    case metric
    case shots
    case documentCount = "document_count"
    case value
    case standardError = "stderr"
    case chance
    case higherIsBetter = "higher_is_better"
    case evaluationSeconds = "evaluation_seconds"
  }

  /// Writes the record; null where the score is not finite.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(step, forKey: .step)
    try container.encode(tokens, forKey: .tokens)
    try container.encode(task, forKey: .task)
    try container.encode(metric, forKey: .metric)
    try container.encode(shots, forKey: .shots)
    try container.encode(documentCount, forKey: .documentCount)
    try container.encode(Self.finite(value), forKey: .value)
    try container.encodeIfPresent(Self.finite(standardError), forKey: .standardError)
    try container.encodeIfPresent(Self.finite(chance), forKey: .chance)
    try container.encode(higherIsBetter, forKey: .higherIsBetter)
    try container.encodeIfPresent(Self.finite(evaluationSeconds), forKey: .evaluationSeconds)
  }

  /// Whether both tell the same figure of the same weights.
  func replaces(_ other: ScoreRecord) -> Bool {
    step == other.step && task == other.task && metric == other.metric && shots == other.shots
  }

  private static func finite(_ value: Double?) -> Double? {
    value.flatMap { $0.isFinite ? $0 : nil }
  }
}

/// A line of a run's metrics file.
public enum MetricsLine: Decodable, Sendable, Equatable {
  case step(MetricsRecord)
  case score(ScoreRecord)

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: ScoreRecord.CodingKeys.self)
    self =
      container.contains(.task)
      ? .score(try ScoreRecord(from: decoder)) : .step(try MetricsRecord(from: decoder))
  }

  /// The step that it tells of.
  public var step: Int {
    switch self {
    case .step(let record): record.step
    case .score(let record): record.step
    }
  }
}
