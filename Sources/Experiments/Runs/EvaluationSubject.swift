import Checkpoints
import Foundation
import Layers
import Models
import Tokenization

/// What is evaluated: weights with their configuration and their tokenizer.
public struct EvaluationSubject: Sendable {
  /// Where the weights come from.
  private enum Weights: Sendable {
    case checkpoint(RunCheckpoint)
    case folder(ModelFolder)
  }

  /// The name in tables: the run's or the folder's.
  public let name: String
  /// The checkpoint's folder.
  public let path: String
  /// The step of a run's checkpoint; nil for weights of another origin.
  public let step: Int?
  /// The tokens trained on by then.
  public let tokens: Int?
  public let tokenizer: any Tokenizer
  /// The recipe that the run follows; nil for weights of another origin.
  public let recipe: Recipe?
  let configuration: any ModelConfiguration
  private let weights: Weights

  /// Opens a run's checkpoint.
  ///
  /// - Parameter tokenizerPath: A tokenizer to use in the place of the checkpoint's own.
  /// - Throws: `ExperimentError.unknownRecipe`, `TokenizationError`.
  public init(
    _ checkpoint: RunCheckpoint, recipes: RecipeCatalog, tokenizerPath: String? = nil
  ) throws {
    let recipe = checkpoint.state.overrides.applied(
      to: try recipes.recipe(named: checkpoint.state.recipe))
    name = checkpoint.path
    path = checkpoint.path
    step = checkpoint.state.step
    tokens = checkpoint.state.tokens
    self.recipe = recipe
    configuration = recipe.model
    tokenizer =
      try tokenizerPath.map { try TokenizerFile.load($0) } ?? checkpoint.tokenizer()
    weights = .checkpoint(checkpoint)
  }

  /// Opens a folder of weights.
  ///
  /// - Throws: `ExperimentError.unreadableRecord`, `.noTokenizerInFolder`, `TokenizationError`.
  public init(_ folder: ModelFolder, tokenizerPath: String? = nil) throws {
    name = folder.path
    path = folder.path
    step = nil
    tokens = nil
    recipe = nil
    configuration = folder.configuration
    guard let tokenizerPath = tokenizerPath ?? folder.tokenizerPath else {
      throw ExperimentError.noTokenizerInFolder(path: folder.path)
    }
    tokenizer = try TokenizerFile.load(tokenizerPath)
    weights = .folder(folder)
  }

  /// Opens what a word on the command line means: a run, a checkpoint's folder, a folder of weights.
  public init(
    named word: String, recipes: RecipeCatalog, in workspace: Workspace,
    tokenizerPath: String? = nil
  ) throws {
    if ModelFolder.isOne(at: word) {
      try self.init(ModelFolder(path: word), tokenizerPath: tokenizerPath)
    } else {
      try self.init(
        CheckpointLocator.checkpoint(word, in: workspace), recipes: recipes,
        tokenizerPath: tokenizerPath)
    }
  }

  /// The heading of its column: `step 1200`, `average`, or the folder's name.
  public var title: String {
    let folder = URL(fileURLWithPath: path).lastPathComponent
    if folder == RunDirectory.averageName { return folder }
    return step.map { "step \($0)" } ?? folder
  }

  /// The model with its weights in float32.
  func model<C: ModelConfiguration>(_ configuration: C) throws -> C.Model {
    switch weights {
    case .checkpoint(let checkpoint): try checkpoint.model(configuration)
    case .folder(let folder): try folder.model(configuration)
    }
  }

  /// The file of the weights.
  var weightsPath: String {
    switch weights {
    case .checkpoint: "\(path)/\(RunCheckpoint.weightsName)"
    case .folder: "\(path)/\(ModelFolder.weightsName)"
    }
  }
}
