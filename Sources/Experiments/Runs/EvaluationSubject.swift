import Evaluation
import Files
import Foundation
import Interchange
import Layers
import Models
import Tokenization

/// What is evaluated: weights with their configuration and their tokenizer.
public struct EvaluationSubject: Sendable {
  /// The name in tables: the run's or the folder's.
  public let name: String
  /// The checkpoint's folder, or the file or folder of another format.
  public let path: String
  /// The step of a run's checkpoint; nil for weights of another origin.
  public let step: Int?
  /// The tokens trained on by then.
  public let tokens: Int?
  public let tokenizer: any Tokenizer
  /// The recipe that the run follows; nil for weights of another origin.
  public let recipe: Recipe?
  let configuration: any ModelConfiguration
  private let weights: any WeightSource

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
    weights = try checkpoint.weights()
  }

  /// Takes a model of whatever format.
  ///
  /// - Throws: `ExperimentError.noTokenizerInFolder`, `TokenizationError`.
  public init(_ contents: ModelContents) throws {
    name = contents.path
    path = contents.path
    step = contents.training?.step
    tokens = contents.training?.tokens
    recipe = nil
    configuration = contents.configuration
    guard let stored = contents.tokenizer else {
      throw ExperimentError.noTokenizerInFolder(path: contents.path)
    }
    tokenizer = try stored.tokenizer(path: contents.path)
    weights = contents.weights
  }

  /// Opens what a word on the command line means: a run, a checkpoint's folder, or a model of any format
  /// that is read.
  public init(
    named word: String, recipes: RecipeCatalog, in workspace: Workspace,
    tokenizerPath: String? = nil
  ) throws {
    if case .checkpoint(let checkpoint) = try ModelLocator.place(of: word, in: workspace),
      recipes.recipes.contains(where: { $0.name == checkpoint.state.recipe })
    {
      try self.init(checkpoint, recipes: recipes, tokenizerPath: tokenizerPath)
    } else {
      try self.init(
        ModelLocator.contents(
          named: word, recipes: recipes, in: workspace, tokenizerPath: tokenizerPath))
    }
  }

  /// The heading of its column: `step 1200`, `average`, or the folder's name.
  public var title: String {
    let folder = URL(fileURLWithPath: path).lastPathComponent
    if folder == RunDirectory.averageName { return folder }
    return step.map { "step \($0)" } ?? folder
  }

  /// What a report says of it.
  public func evaluatedModel(precision: Precision) -> EvaluatedModel {
    EvaluatedModel(
      name: EvaluatedModel.name(ofCheckpoint: path), checkpoint: path, step: step, tokens: tokens,
      parameterCount: configuration.parameterCount, precision: precision.rawValue)
  }

  /// The model with its weights in float32.
  func model<C: ModelConfiguration>(_ configuration: C) throws -> C.Model {
    var initializer = ParameterInitializer.zeros(projectionType: .float32)
    var model = configuration.makeModel(&initializer)
    try model.loadWeights(from: weights)
    return model
  }

  /// A checksum of every weight's name, shape and bytes, wherever they lie.
  func weightsChecksum() throws -> String {
    var checksum = Checksum()
    for name in weights.weightNames {
      let heading = Array("\(name) \(weights.shape(of: name) ?? [])".utf8)
      heading.withUnsafeBytes { checksum.append($0) }
      try weights.withWeight(name) { parts in
        for part in parts { checksum.append(part.bytes) }
      }
    }
    return checksum.hexadecimal
  }
}
