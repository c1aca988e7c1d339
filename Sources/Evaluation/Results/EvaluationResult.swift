/// What a task's documents gave.
public struct EvaluationResult: Sendable, Equatable {
  /// A metric over the documents.
  public struct Metric: Sendable, Equatable {
    /// The name, such as `acc`.
    public var name: String
    /// How the answer was read out of what the model wrote; `none` where it was not.
    public var filter: String
    /// The documents' values aggregated.
    public var value: Double
    /// The standard error; nil where it is undefined (a single document) or the harness gives none.
    public var standardError: Double?
    public var higherIsBetter: Bool
    public var aggregation: MetricAggregation

    public init(
      name: String, filter: String = "none", value: Double, standardError: Double?,
      higherIsBetter: Bool, aggregation: MetricAggregation = .mean
    ) {
      self.name = name
      self.filter = filter
      self.value = value
      self.standardError = standardError
      self.higherIsBetter = higherIsBetter
      self.aggregation = aggregation
    }
  }

  /// One document's answer.
  public struct Sample: Sendable, Equatable {
    /// The document's position in the split, from zero.
    public var index: Int
    public var answered: AnsweredDocument
    /// The metrics' values in the order of ``EvaluationResult/metrics``.
    public var values: [MetricValue]

    public init(index: Int, answered: AnsweredDocument, values: [MetricValue]) {
      self.index = index
      self.answered = answered
      self.values = values
    }
  }

  /// The task's name.
  public var task: String
  /// The name in tables, where it stands under its group.
  public var alias: String
  /// The version of the task's prompt.
  public var version: Double
  /// Where the documents lie; nil where they are no data set.
  public var dataset: TaskDataset?
  /// The examples before each question.
  public var shots: Int
  /// The documents evaluated.
  public var documentCount: Int
  /// The documents that there are.
  public var splitCount: Int
  /// The accuracy of choosing blindly, 1 / choices averaged over the documents; nil where nothing
  /// is chosen.
  public var chance: Double?
  /// The harness's name for the kind of request; nil for a group of tasks.
  public var outputType: String?
  /// The metrics in the task's order.
  public var metrics: [Metric]
  /// The documents one by one; empty for a group of tasks.
  public var samples: [Sample]
  /// The tasks and groups that a group is the mean of.
  public var members: [String]
  /// The split that examples are taken from; nil where there is none to name.
  public var exampleSplit: String?
  /// What stands before the examples.
  public var preamble: String

  public init(
    task: String, alias: String? = nil, version: Double, dataset: TaskDataset?, shots: Int = 0,
    documentCount: Int, splitCount: Int? = nil, chance: Double?,
    outputType: String? = "multiple_choice", metrics: [Metric], samples: [Sample] = [],
    members: [String] = [], exampleSplit: String? = nil, preamble: String = ""
  ) {
    self.task = task
    self.alias = alias ?? task
    self.version = version
    self.dataset = dataset
    self.shots = shots
    self.documentCount = documentCount
    self.splitCount = splitCount ?? documentCount
    self.chance = chance
    self.outputType = outputType
    self.metrics = metrics
    self.samples = samples
    self.members = members
    self.exampleSplit = exampleSplit
    self.preamble = preamble
  }

  /// Aggregates the answers to a task's questions.
  init(_ prepared: PreparedTask, answers: [TaskAnswer]) throws {
    let task = prepared.task
    let samples = try answers.indices.map { index in
      let answered = AnsweredDocument(
        document: prepared.documents[index], question: prepared.questions[index],
        answer: answers[index])
      return Sample(
        index: prepared.firstDocument + index, answered: answered,
        values: try task.metrics.map { try $0.value(answered) })
    }
    let choiceCounts = prepared.questions.compactMap { question in
      if case .choice(let question) = question { question.requests.count } else { nil }
    }
    self.init(
      task: task.name, alias: task.alias, version: task.version, dataset: task.dataset,
      shots: prepared.shots, documentCount: samples.count, splitCount: prepared.splitCount,
      chance: choiceCounts.isEmpty
        ? nil : Statistics.mean(of: choiceCounts.map { 1 / Double($0) }),
      outputType: prepared.questions.first?.outputType,
      metrics: task.metrics.enumerated().map { index, metric in
        let values = samples.map { $0.values[index] }
        return Metric(
          name: metric.name, filter: metric.filter, value: metric.aggregation.value(of: values),
          standardError: metric.aggregation.standardError(of: values),
          higherIsBetter: metric.higherIsBetter, aggregation: metric.aggregation)
      },
      samples: samples, exampleSplit: task.examples.split, preamble: task.preamble)
  }
}
