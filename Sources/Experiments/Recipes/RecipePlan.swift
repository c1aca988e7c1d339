import Foundation

/// What a recipe costs, counted before anything runs.
public struct RecipePlan: Sendable, Hashable, Encodable {
  /// Trainable numbers.
  public let parameters: Int
  /// Tokens of one optimizer step.
  public let tokensPerStep: Int
  /// Optimizer steps.
  public let steps: Int
  /// Tokens of the whole run.
  public let tokens: Int
  /// Floating-point operations of a token's forward and backward pass.
  public let flopsPerToken: Double
  /// Resident bytes at the peak of a step.
  public let predictedPeakBytes: Int

  /// How often the weights are scored.
  public let evaluations: Int
  /// The operations of all evaluations as a share of training's, about; nil where there are none.
  public let evaluationShare: Double?

  private enum CodingKeys: String, CodingKey {
    case parameters, tokensPerStep, steps, tokens, flopsPerToken, predictedPeakBytes
    case evaluations, evaluationShare
  }

  /// What a document of a task is taken to cost before its data is read: a document of the seven
  /// zero-shot tasks has 97 different tokens on average with Llama 2's tokenizer, an embedded story
  /// as many.
  static let tokensPerDocument = 100.0
  /// The documents of a task whose number is not limited: the median of the same seven's splits.
  static let documentsPerTask = 2_000.0

  /// The program itself, its libraries and its tokenizer, as measured.
  private static let processBytes = 48 << 20

  public init(_ recipe: Recipe) {
    let batching = recipe.batching
    parameters = recipe.model.parameterCount
    tokensPerStep = batching.tokensPerStep
    steps = recipe.steps
    tokens = batching.tokensPerStep * recipe.steps
    flopsPerToken = recipe.model.trainingFLOPsPerToken(
      sequenceLength: batching.sequenceLength)
    evaluations = recipe.evaluation?.count(of: recipe.steps) ?? 0
    evaluationShare = evaluations == 0 ? nil : Self.evaluationShare(recipe, count: evaluations)
    // Weights and AdamW's two moments. Backward lets go of activations as it makes
    // gradients, so the larger of the two counts, not their sum.
    let activations = recipe.model.activationBytes(
      batch: batching.sequencesPerPass, sequenceLength: batching.sequenceLength,
      execution: recipe.execution)
    let projections = recipe.model.projectionParameterCount
    let weights = recipe.storage.weightBytes(
      projections: projections, others: parameters - projections)
    predictedPeakBytes =
      Self.processBytes + weights + recipe.storage.momentBytes(parameters)
      + max(activations, weights)
  }

  /// A forward pass is a third of training's two, and scoring passes each of its tokens once.
  private static func evaluationShare(_ recipe: Recipe, count: Int) -> Double {
    // Names that no catalogue has count for one task each: they are refused where the run starts.
    let selection = try? recipe.evaluationSelection(in: Workspace())
    let tasks = selection?.entries.count ?? recipe.evaluation?.tasks.count ?? 0
    let documents = recipe.evaluation?.documentLimit.map(Double.init) ?? documentsPerTask
    let training = Double(recipe.batching.tokensPerStep) * Double(recipe.steps)
    let questions = documents * Double(1 + (recipe.evaluation?.shots ?? 0))
    return Double(count) * Double(tasks) * questions * tokensPerDocument / (3 * training)
  }
}
