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

  private enum CodingKeys: String, CodingKey {
    case parameters, tokensPerStep, steps, tokens, flopsPerToken, predictedPeakBytes
  }

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
}
