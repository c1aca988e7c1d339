/// What a task's documents gave.
public struct EvaluationResult: Sendable, Equatable {
  /// A metric's mean over the documents.
  public struct Metric: Sendable, Equatable {
    /// The name, such as `acc`.
    public var name: String
    /// The mean.
    public var value: Double
    /// The sample standard deviation over √n; nil where it is undefined (a single document).
    public var standardError: Double?
    public var higherIsBetter: Bool

    public init(name: String, value: Double, standardError: Double?, higherIsBetter: Bool) {
      self.name = name
      self.value = value
      self.standardError = standardError
      self.higherIsBetter = higherIsBetter
    }
  }

  /// One document's scores.
  public struct Sample: Sendable, Equatable {
    /// The document's position in the evaluated split, from zero.
    public var document: Int
    /// The right choice.
    public var gold: Int
    /// The model's word on every choice.
    public var scores: [RequestScore]
    /// The metrics' values in the order of ``EvaluationResult/metrics``.
    public var values: [Double]

    public init(document: Int, gold: Int, scores: [RequestScore], values: [Double]) {
      self.document = document
      self.gold = gold
      self.scores = scores
      self.values = values
    }
  }

  /// The task's name.
  public var task: String
  /// The version of the task's prompt.
  public var version: Double
  /// Where the documents lie; nil where they are no data set.
  public var dataset: TaskDataset?
  /// The documents evaluated.
  public var documentCount: Int
  /// The accuracy of choosing blindly, 1 / choices averaged over the documents; nil where nothing
  /// is chosen.
  public var chance: Double?
  /// The metrics in the task's order.
  public var metrics: [Metric]
  /// The documents one by one; empty where the task is not made of questions.
  public var samples: [Sample]

  public init(
    task: String, version: Double, dataset: TaskDataset?, documentCount: Int, chance: Double?,
    metrics: [Metric], samples: [Sample] = []
  ) {
    self.task = task
    self.version = version
    self.dataset = dataset
    self.documentCount = documentCount
    self.chance = chance
    self.metrics = metrics
    self.samples = samples
  }

  /// Aggregates the samples of a task's metrics.
  init(task: any EvaluationTask, samples: [Sample]) {
    self.init(
      task: task.name, version: task.version, dataset: task.dataset,
      documentCount: samples.count,
      chance: Statistics.mean(of: samples.map { 1 / Double($0.scores.count) }),
      metrics: task.metrics.enumerated().map { index, metric in
        let values = samples.map { $0.values[index] }
        return Metric(
          name: metric.name, value: Statistics.mean(of: values),
          standardError: Statistics.standardError(of: values),
          higherIsBetter: metric.higherIsBetter)
      },
      samples: samples)
  }
}

/// Aggregates as lm-evaluation-harness computes them.
enum Statistics {
  static func mean(of values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// √(Σ (x − mean)² / (n − 1)) / √n, or nil for fewer than two values.
  static func standardError(of values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let center = mean(of: values)
    let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    return (squares / Double(values.count - 1)).squareRoot() / Double(values.count).squareRoot()
  }
}
