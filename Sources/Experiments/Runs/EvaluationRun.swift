import Evaluation
import Foundation
import Layers
import Models
import Stories
import Terminal
import Tokenization

/// Scores a checkpoint on tasks.
public struct EvaluationRun: Sendable {
  private let checkpoint: RunCheckpoint
  private let recipe: Recipe
  private let tokenizer: any Tokenizer
  private let workspace: Workspace
  private let dataDirectory: String?
  private let limit: Int?

  /// - Parameters:
  ///   - dataDirectory: Where benchmark files are looked for.
  ///   - limit: Documents a task, from the first; all where it is `nil`.
  /// - Throws: `ExperimentError.unknownRecipe`, `TokenizationError`.
  public init(
    _ checkpoint: RunCheckpoint, recipes: RecipeCatalog, in workspace: Workspace,
    dataDirectory: String? = nil, limit: Int? = nil
  ) throws {
    self.checkpoint = checkpoint
    self.workspace = workspace
    self.dataDirectory = dataDirectory
    self.limit = limit
    recipe = checkpoint.state.overrides.applied(
      to: try recipes.recipe(named: checkpoint.state.recipe))
    tokenizer = try checkpoint.tokenizer()
  }

  /// Scores the checkpoint's weights.
  public func evaluate(_ tasks: [String]) throws -> [EvaluationResult] {
    try evaluate(tasks, configuration: recipe.model, isTrained: true)
  }

  /// Scores the weights that the run started from, to be shown beside the trained ones.
  public func evaluateUntrained(_ tasks: [String]) throws -> [EvaluationResult] {
    try evaluate(tasks, configuration: recipe.model, isTrained: false)
  }

  private func evaluate<C: ModelConfiguration>(
    _ names: [String], configuration: C, isTrained: Bool
  ) throws -> [EvaluationResult] {
    guard !names.isEmpty else { throw ExperimentError.noTask }
    let catalog = catalog()
    let tasks = try names.map { try catalog.task(named: $0) }
    if tasks.contains(where: { $0.name == Self.storiesName }) {
      _ = try stories.prepare(in: workspace) { ProgressLine.writeToStandardError($0 + "\n") }
    }
    var initializer = recipe.initializer
    let model =
      isTrained
      ? try checkpoint.model(configuration) : configuration.makeModel(&initializer)
    var scorer = ModelScorer(model)
    let evaluator = Evaluator(tokenizer: tokenizer)
    let data = TaskData(
      directory: dataDirectory,
      report: { ProgressLine.writeToStandardError($0 + "\n") })
    return try tasks.map { task in
      var line: ProgressLine?
      defer { line?.finish() }
      return try evaluator.evaluate(
        task, data: data, documents: limit.map { 0..<$0 }, with: &scorer
      ) { progress in
        if line == nil { line = ProgressLine(label: task.name, total: progress.documentCount) }
        line?.update(completed: progress.documentsDone)
      }
    }
  }

  /// The harness's tasks and the questions about the embedded stories.
  private func catalog() -> EvaluationCatalog {
    var catalog = EvaluationCatalog.standard
    catalog.tasks.insert(
      .storyQuestions(name: Self.storiesName, file: stories.questionsPath(in: workspace)), at: 0)
    return catalog
  }

  private static let storiesName = "stories"

  /// The embedded corpus: the recipe's own, or the default one.
  private var stories: StoriesCorpus { recipe.corpus as? StoriesCorpus ?? .stories() }

  /// Bits a byte on the documents of a text or JSON-lines file.
  public func bitsPerByte(on path: String) throws -> EvaluationResult {
    try bitsPerByte(on: path, configuration: recipe.model)
  }

  private func bitsPerByte<C: ModelConfiguration>(
    on path: String, configuration: C
  ) throws -> EvaluationResult {
    var scorer = ModelScorer(try checkpoint.model(configuration))
    let task = HeldOutText(file: path, textField: recipe.reading.textField)
    let line = ProgressLine(label: task.name, total: 1)
    defer { line.finish() }
    return try Evaluator(tokenizer: tokenizer).evaluate(
      task, data: TaskData(directory: nil), documents: limit.map { 0..<$0 }, with: &scorer
    ) { line.update(completed: $0.documentsDone) }
  }
}
