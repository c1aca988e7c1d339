import Evaluation
import Foundation
import Kernels
import Layers
import Models
import Terminal
import Tokenization

/// The speed of evaluation: documents a second with a recipe's model and random weights.
///
/// Reading the data, making prompts and tokenizing them count; making the model does not.
public struct EvaluationBenchmark {
  /// What is evaluated, and how.
  public struct Settings: Sendable {
    /// Names of tasks and of groups of them.
    public var tasks: [String]
    /// The folder of the tasks' documents.
    public var dataDirectory: String?
    /// Documents a task, from the first; all where it is `nil`.
    public var limit: Int?
    /// The examples before each question; each task's own number where it is nil.
    public var shots: Int?
    public var precision: Precision
    /// See `Evaluator`.
    public var tokensPerBatch: Int
    public var threads: Int

    public init(
      tasks: [String], dataDirectory: String?, limit: Int?, shots: Int? = nil,
      precision: Precision,
      tokensPerBatch: Int, threads: Int
    ) {
      self.tasks = tasks
      self.dataDirectory = dataDirectory
      self.limit = limit
      self.shots = shots
      self.precision = precision
      self.tokensPerBatch = tokensPerBatch
      self.threads = threads
    }
  }

  let recipe: Recipe
  let settings: Settings
  private let tokenizer: any Tokenizer
  private let selection: TaskSelection

  /// - Throws: `EvaluationError.unknownTask`, `BenchmarkError.noEngine`, `.tooLarge`.
  public init(_ recipe: Recipe, tokenizer: any Tokenizer, settings: Settings) throws {
    self.recipe = recipe
    self.tokenizer = tokenizer
    self.settings = settings
    selection = try EvaluationCatalog.standard.selection(
      named: settings.tasks, shots: settings.shots)
    if selection.entries.isEmpty { throw ExperimentError.noTask }
    _ = try ProductEngine.inUse(for: settings.precision)
    // The weights, their copies as products read them, and what a batch needs beside them.
    try Machine.check(
      bytes: 2 * 4 * recipe.model.parameterCount, for: "evaluating \(recipe.name)")
  }

  /// Evaluates every task once.
  public func run() throws -> EvaluationFigures {
    ThreadPool.configure(threadCount: settings.threads)
    return try run(recipe.model)
  }

  private func run<C: ModelConfiguration>(_ configuration: C) throws -> EvaluationFigures {
    var initializer = ParameterInitializer(seed: recipe.seed)
    var scorer = CountingScorer(
      ModelScorer(configuration.makeModel(&initializer), precision: settings.precision))
    let evaluator = Evaluator(tokenizer: tokenizer, tokensPerBatch: settings.tokensPerBatch)
    let data = TaskData(directory: settings.dataDirectory)
    var figures: [EvaluationFigures.Task] = []
    KernelClock.start()
    for entry in selection.entries {
      let task = entry.task
      let line = ProgressLine(label: task.name, total: settings.limit)
      defer { line.finish() }
      scorer.begin()
      var documents = 0
      let start = ContinuousClock.now
      let prepared = try PreparedTask(
        task, data: data, shots: entry.shots, documents: settings.limit.map { 0..<$0 },
        drawsFromAllExamples: entry.drawsFromAllExamples)
      _ = try evaluator.evaluate(prepared, with: &scorer) {
        documents = $0.documentCount
        line.update(completed: $0.documentsDone)
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      figures.append(scorer.figures(of: task.name, documents: documents, seconds: seconds))
    }
    return EvaluationFigures(self, tasks: figures, operations: KernelClock.stop())
  }
}

/// A scorer that keeps account of what it was asked.
private struct CountingScorer<Model: LanguageModel>: LanguageModelScorer {
  private var scorer: ModelScorer<Model>
  /// The tokens to read of every request.
  private var lengths: [Int] = []
  private var computedBefore = 0

  init(_ scorer: ModelScorer<Model>) { self.scorer = scorer }

  var contextLength: Int { scorer.contextLength }
  var vocabularySize: Int { scorer.vocabularySize }

  mutating func begin() {
    lengths = []
    computedBefore = scorer.computedTokens
  }

  mutating func score(_ requests: [TokenizedRequest]) -> [RequestScore] {
    lengths += requests.map { $0.count - 1 }
    return scorer.score(requests)
  }

  /// Rows that are padded to the longest of a batch, as many as the peer's.
  private static var rowsPerPaddedBatch: Int { 8 }

  func figures(of task: String, documents: Int, seconds: Double) -> EvaluationFigures.Task {
    let ordered = lengths.sorted(by: >)
    let padded = stride(from: 0, to: ordered.count, by: Self.rowsPerPaddedBatch).reduce(0) {
      $0 + ordered[$1] * min(Self.rowsPerPaddedBatch, ordered.count - $1)
    }
    return EvaluationFigures.Task(
      name: task, documents: documents, requests: lengths.count, seconds: seconds,
      computedTokens: scorer.computedTokens - computedBefore, paddedTokens: padded)
  }
}
