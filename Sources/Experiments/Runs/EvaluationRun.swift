import Evaluation
import Files
import Foundation
import Layers
import Models
import Stories
import Terminal
import Tokenization

/// What is asked of a model, and how.
public struct EvaluationOptions: Sendable {
  /// Names of tasks, groups and suites.
  public var tasks: [String]
  /// Where benchmark data is looked for; see ``TaskData``.
  public var data: TaskData
  /// The examples before each question; each task's own number where it is nil.
  public var shots: Int?
  /// The positions of the documents of every task; all where it is nil.
  public var documents: Range<Int>?
  /// The most tokens computed at once.
  public var tokensPerBatch: Int
  /// A text whose bits a byte are measured as well.
  public var heldOutText: String?
  /// What products are computed in.
  public var precision: Precision

  public init(
    tasks: [String], data: TaskData, shots: Int? = nil, documents: Range<Int>? = nil,
    tokensPerBatch: Int = 4_096, heldOutText: String? = nil, precision: Precision = .float32
  ) {
    self.tasks = tasks
    self.data = data
    self.shots = shots
    self.documents = documents
    self.tokensPerBatch = tokensPerBatch
    self.heldOutText = heldOutText
    self.precision = precision
  }
}

/// Scores weights on tasks.
public struct EvaluationRun: Sendable {
  private let subject: EvaluationSubject
  private let options: EvaluationOptions
  private let workspace: Workspace
  private let selection: TaskSelection

  /// - Throws: `EvaluationError.unknownTask`, `ExperimentError.noTask`.
  public init(
    _ subject: EvaluationSubject, options: EvaluationOptions,
    catalog: EvaluationCatalog = .standard, in workspace: Workspace
  ) throws {
    self.subject = subject
    self.options = options
    self.workspace = workspace
    selection = try Self.selection(
      options, catalog: catalog, subject: subject, in: workspace)
  }

  /// Scores the weights.
  ///
  /// - Parameter journalPath: Where the scores so far are kept until the evaluation is done.
  /// - Throws: `EvaluationError`, `TokenizationError`, `CheckpointError`.
  public func evaluate(journalPath: String? = nil, resuming: Bool = false) throws
    -> [EvaluationResult]
  {
    let journal = try journalPath.map {
      try EvaluationJournal(path: $0, header: try header(), resuming: resuming)
    }
    if let journal, journal.recordedBatchCount > 0 {
      ProgressLine.writeToStandardError(
        "going on after \(journal.recordedBatchCount) batches in \(journal.path)\n")
    }
    return try evaluate(subject.configuration, isTrained: true, journal: journal)
  }

  /// Scores the weights that the run started from, to be shown beside the trained ones.
  ///
  /// - Throws: As ``evaluate(journalPath:resuming:)``; `ExperimentError.noRecipe` where there is no run.
  public func evaluateUntrained() throws -> [EvaluationResult] {
    guard subject.recipe != nil else { throw ExperimentError.noRecipe(path: subject.path) }
    return try evaluate(subject.configuration, isTrained: false, journal: nil)
  }

  private func evaluate<C: ModelConfiguration>(
    _ configuration: C, isTrained: Bool, journal: EvaluationJournal?
  ) throws -> [EvaluationResult] {
    let stories = subject.recipe?.stories ?? .stories()
    try stories.prepare(for: selection, in: workspace) {
      ProgressLine.writeToStandardError($0 + "\n")
    }
    // Every task's data is read before anything is scored: what lacks is told at once.
    let scoring = try TaskScoring(
      selection, data: options.data, documents: options.documents, tokenizer: subject.tokenizer,
      contextLength: configuration.contextLength, tokensPerBatch: options.tokensPerBatch)
    let model: C.Model
    if isTrained {
      model = try subject.model(configuration)
    } else {
      var initializer = subject.recipe?.initializer ?? .zeros(projectionType: .float32)
      model = configuration.makeModel(&initializer)
    }
    var scorer = ModelScorer(model, precision: options.precision)
    var line: TaskProgressLine?
    defer { line?.finish() }
    return try scoring.results(
      with: &scorer, journal: journal,
      progress: { progress in
        if line?.task != progress.task {
          line?.finish()
          line = TaskProgressLine(progress)
        }
        line?.update(progress)
      })
  }

  /// All that scores depend on, for the journal.
  private func header() throws -> EvaluationJournal.Header {
    let tasks = selection.entries.map { entry in
      "\(entry.task.name)@\(entry.task.version)/\(entry.task.shots.resolved(entry.shots))"
    }
    return EvaluationJournal.Header([
      "weights": try subject.weightsChecksum(),
      "configuration": String(
        decoding: try JSONRecord.encode(subject.configuration), as: UTF8.self),
      "tokenizer": subject.tokenizer.fingerprint,
      "tasks": tasks.joined(separator: ","),
      "documents": options.documents.map { "\($0)" } ?? "all",
      "batch-tokens": "\(options.tokensPerBatch)", "type": options.precision.rawValue,
    ])
  }

  private static func selection(
    _ options: EvaluationOptions, catalog: EvaluationCatalog, subject: EvaluationSubject,
    in workspace: Workspace
  ) throws -> TaskSelection {
    let stories = subject.recipe?.stories ?? .stories()
    var selection = try stories.catalog(in: workspace, beside: catalog)
      .selection(named: options.tasks, shots: options.shots)
    if let path = options.heldOutText {
      selection.add(
        TaskSelection.Entry(
          task: HeldOutText(file: path, textField: subject.recipe?.reading.textField ?? "text")))
    }
    if selection.entries.isEmpty { throw ExperimentError.noTask }
    return selection
  }
}

/// A task's line of progress, with its documents a second.
private struct TaskProgressLine {
  let task: String
  private let line: ProgressLine
  private let start = ProgressLine.monotonicSeconds()
  /// What was done when the line began, in a time that is not known.
  private let earlier: Int

  init(_ progress: EvaluationProgress) {
    task = progress.task
    earlier = progress.documentsDone
    line = ProgressLine(label: progress.task, total: progress.documentCount)
  }

  func update(_ progress: EvaluationProgress) {
    let seconds = ProgressLine.monotonicSeconds() - start
    let count = progress.documentsDone - earlier
    line.update(
      completed: progress.documentsDone,
      details: count > 0 && seconds > 0
        ? [String(format: "%.1f documents/s", Double(count) / seconds)] : [])
  }

  func finish() { line.finish() }
}
