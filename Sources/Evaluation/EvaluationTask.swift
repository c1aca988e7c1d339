/// A benchmark: where its documents lie, how one becomes a question, and what is reported.
///
/// A task of your own conforms in your own package and is passed to an ``Evaluator`` as it is, or
/// appended to ``EvaluationCatalog/tasks`` so that it can be named on a command line.
public protocol EvaluationTask: Sendable {
  /// The name with underscores, such as `arc_easy`; lm-evaluation-harness's where it has the task.
  var name: String { get }
  /// The name in tables where the task stands under its group, such as `anatomy` under `mmlu`.
  var alias: String { get }
  /// The version of the prompt, so that figures of different prompts are not compared.
  var version: Double { get }
  /// Where the documents lie.
  var dataset: TaskDataset { get }
  /// What is reported, in the order of the report.
  var metrics: [EvaluationMetric] { get }
  /// How many examples stand before a question.
  var shots: ShotCount { get }
  /// Where the examples come from.
  var examples: ExampleSource { get }
  /// What stands before the examples, with the line breaks that end it.
  var preamble: String { get }
  /// Returns the documents of the task's own data, in order, of which the caller takes a part.
  func documents(from data: TaskData) throws -> [TaskDocument]
  /// Returns what the model is asked about a document, without examples.
  func question(from document: TaskDocument) throws -> TaskQuestion
}

extension EvaluationTask {
  public var alias: String { name }

  public var shots: ShotCount { .adjustable(0) }

  /// From the documents evaluated themselves, as the harness does for lack of another split.
  public var examples: ExampleSource { .drawnFromOwnDocuments(leavingOutQuestion: true) }

  public var preamble: String { "" }

  /// Reads ``dataset`` in file order.
  public func documents(from data: TaskData) throws -> [TaskDocument] {
    try data.documents(of: dataset, task: name)
  }
}

/// How many examples stand before a question.
public enum ShotCount: Sendable, Equatable {
  /// So many unless the caller asks for another number.
  case adjustable(Int)
  /// So many whatever the caller asks for: the prompt has its own, or takes none.
  case fixed(Int)

  /// The number for a caller who asks for `wanted`.
  public func resolved(_ wanted: Int?) -> Int {
    switch self {
    case .adjustable(let count): wanted ?? count
    case .fixed(let count): count
    }
  }
}

/// Where a task's documents lie.
public enum TaskDataset: Sendable, Equatable {
  /// A data set of the Hugging Face hub: `OWNER/NAME`, the configuration if it has several, the split.
  case hub(_ path: String, configuration: String? = nil, split: String)
  /// One file, given by its path.
  case file(String)

  /// Another split of the same data set; a file is its own.
  func split(_ name: String) -> TaskDataset {
    switch self {
    case .hub(let path, let configuration, _):
      .hub(path, configuration: configuration, split: name)
    case .file: self
    }
  }
}
