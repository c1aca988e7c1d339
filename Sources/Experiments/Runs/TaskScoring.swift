import Evaluation
import Terminal
import Tokenization

/// Tasks whose documents are read and tokenized once, to be scored with any weights of one model.
public struct TaskScoring: Sendable {
  public let selection: TaskSelection
  private let tasks: [EncodedTask]
  private let evaluator: Evaluator

  /// Reads the tasks' data, makes their questions and tokenizes them.
  ///
  /// - Parameters:
  ///   - selection: What `EvaluationCatalog.selection(named:shots:)` gives for names.
  ///   - documents: The positions of the documents of each task; all where it is nil.
  ///   - contextLength: The model's.
  ///   - tokensPerBatch: The most tokens given to a model at once, what memory depends on.
  /// - Throws: `EvaluationError` about the data or the tokenizer.
  public init(
    _ selection: TaskSelection, data: TaskData, documents: Range<Int>? = nil,
    tokenizer: any Tokenizer, contextLength: Int, tokensPerBatch: Int = 4_096
  ) throws {
    self.selection = selection
    evaluator = Evaluator(tokenizer: tokenizer, tokensPerBatch: tokensPerBatch)
    tasks = try selection.entries.map { entry in
      try EncodedTask(
        PreparedTask(
          entry.task, data: data, shots: entry.shots, documents: documents,
          drawsFromAllExamples: entry.drawsFromAllExamples),
        tokenizer: tokenizer, contextLength: contextLength)
    }
  }

  /// The tasks and, after them, the groups: one of each is a part of the results.
  public var parts: [Part] {
    tasks.map { Part(task: $0.prepared.task.name, shots: $0.prepared.shots) }
      + selection.groups.map { Part(task: $0.group.name, shots: nil) }
  }

  /// A task with its examples, or a group, whose number of examples is its members'.
  public struct Part: Sendable, Hashable {
    public var task: String
    public var shots: Int?
  }

  /// The documents of all tasks.
  public var documentCount: Int { tasks.reduce(0) { $0 + $1.prepared.documents.count } }
  /// The tokens of all requests.
  public var tokenCount: Int { tasks.reduce(0) { $0 + $1.tokenCount } }

  /// Scores every task, and returns the results with those of the groups, each before its members.
  ///
  /// - Parameters:
  ///   - earlier: Results of tasks that are not scored again.
  ///   - journal: Keeps the scores of batches, and has those of an earlier start.
  ///   - progress: Called after every batch; what it throws ends the evaluation.
  ///   - finished: Called after each task that is scored, with its seconds.
  /// - Throws: `EvaluationError`, and what scorer, `progress` and `finished` throw.
  public func results(
    with scorer: inout some LanguageModelScorer, earlier: [EvaluationResult] = [],
    journal: EvaluationJournal? = nil,
    progress: (EvaluationProgress) throws -> Void = { _ in },
    finished: (EvaluationResult, _ seconds: Double) throws -> Void = { _, _ in }
  ) throws -> [EvaluationResult] {
    var results: [EvaluationResult] = []
    for task in tasks {
      let (name, shots) = (task.prepared.task.name, task.prepared.shots)
      if let known = earlier.first(where: { $0.task == name && $0.shots == shots }) {
        results.append(known)
        continue
      }
      let start = ProgressLine.monotonicSeconds()
      let result = try evaluator.evaluate(
        task, with: &scorer, journal: journal, progress: progress)
      results.append(result)
      try finished(result, ProgressLine.monotonicSeconds() - start)
    }
    return selection.withGroups(results)
  }
}
