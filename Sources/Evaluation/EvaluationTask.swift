/// A multiple-choice benchmark: where its documents lie, and how one becomes a question.
///
/// A task of your own conforms in your own package and is passed to an ``Evaluator`` as it is, or
/// appended to ``EvaluationCatalog/tasks`` so that it can be named on a command line.
public protocol EvaluationTask: Sendable {
  /// The name with underscores, such as `arc_easy`; lm-evaluation-harness's where it has the task.
  var name: String { get }
  /// The version of the prompt, so that figures of different prompts are not compared.
  var version: Double { get }
  /// Where the documents lie.
  var dataset: TaskDataset { get }
  /// What is reported, in the order of the report.
  var metrics: [EvaluationMetric] { get }
  /// Returns the documents to evaluate, the first `limit` of them where a limit is given.
  func documents(from data: TaskData, limit: Int?) throws -> [TaskDocument]
  /// Returns what the model is asked about a document.
  func question(from document: TaskDocument) throws -> MultipleChoiceQuestion
}

extension EvaluationTask {
  /// Reads ``dataset`` in file order.
  public func documents(from data: TaskData, limit: Int?) throws -> [TaskDocument] {
    try data.documents(of: dataset, task: name, limit: limit)
  }
}

/// Where a task's documents lie.
public enum TaskDataset: Sendable, Equatable {
  /// A data set of the Hugging Face hub: `OWNER/NAME`, the configuration if it has several, the split.
  case hub(_ path: String, configuration: String? = nil, split: String)
  /// One file, given by its path.
  case file(String)
}
