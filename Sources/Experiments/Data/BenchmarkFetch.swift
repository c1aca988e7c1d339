import Evaluation

/// Reads the documents of tasks, and of the examples that stand before their questions, so that
/// whatever is fetched of them is there when they are evaluated.
public struct BenchmarkFetch: Sendable {
  /// What a task reads.
  public struct Item: Sendable, Equatable {
    public var task: String
    public var documentCount: Int
    /// The files of its documents and examples.
    public var paths: [String]

    package init(task: String, documentCount: Int, paths: [String]) {
      self.task = task
      self.documentCount = documentCount
      self.paths = paths
    }
  }

  private let entries: [TaskSelection.Entry]

  /// - Parameters:
  ///   - names: Tasks, groups and suites.
  ///   - shots: The examples before every question; each task's or suite's own number where it is nil.
  /// - Throws: `EvaluationError.unknownTask`, ``ExperimentError/noTask``.
  public init(
    _ names: [String], shots: Int? = nil, catalog: EvaluationCatalog = .standard
  ) throws {
    guard !names.isEmpty else { throw ExperimentError.noTask }
    entries = try catalog.selection(named: names, shots: shots).entries
  }

  /// Reads every task, one after another; files are in the order that they are first read in.
  ///
  /// - Parameter told: Is given each task when it is there.
  /// - Throws: `EvaluationError`, ``ExperimentError``; what was fetched so far stays.
  public func run(_ data: TaskData, told: (Item) -> Void = { _ in }) throws {
    for entry in entries {
      let documents = try entry.task.documents(from: data)
      var read = documents
      if entry.task.shots.resolved(entry.shots) > 0 {
        read += try entry.task.examples.documents(for: entry.task, data: data)
      }
      var paths: [String] = []
      for document in read where paths.last != document.location.path {
        if !paths.contains(document.location.path) { paths.append(document.location.path) }
      }
      told(Item(task: entry.task.name, documentCount: documents.count, paths: paths))
    }
  }
}
