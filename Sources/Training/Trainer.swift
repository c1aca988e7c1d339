import Corpora
import Kernels
import Layers
import Models
import Tensors

/// One training step after another: forward, backward, clip, update.
///
/// It knows nothing of files, logs or runs; its state is a value, and the next step is a function
/// of that state and the batches alone.
public struct Trainer<Model: LanguageModel>: Sendable {
  /// The parameters as they stand.
  public var model: Model
  /// The optimizer's memory.
  public var optimizerState: AdamW.State
  /// Steps taken, skipped ones included.
  public var step = 0
  /// Targets trained on so far.
  public var tokens = 0
  /// Steps in a row, up to now, whose loss or gradient was not finite.
  public var consecutiveSkips = 0
  /// All steps whose loss or gradient was not finite.
  public var skippedSteps = 0

  /// What to minimise and how.
  public let settings: TrainingSettings

  public init(_ model: Model, settings: TrainingSettings) {
    self.model = model
    self.model.execution = settings.execution
    self.settings = settings
    optimizerState = AdamW.State(for: model, storage: settings.storage)
  }

  /// Trains on the microbatches of one step.
  ///
  /// Each target weighs the same, whichever microbatch it is in. Where the loss or the gradient is
  /// not finite, nothing is updated and the report says so.
  public mutating func takeStep(on microbatches: [Batch]) -> StepReport {
    let targetCount = microbatches.reduce(0) { $0 + $1.targetCount }
    let normalizer = Double(max(1, targetCount))
    var gradients: [Tensor?] = []
    var (crossEntropy, zLoss) = (0.0, 0.0)
    for batch in microbatches {
      _ = valueWithGradient(at: model, accumulatingInto: &gradients) { model in
        let loss = model.loss(
          of: batch.inputs, targets: batch.targets, batch: batch.batchSize,
          segments: batch.segments, zWeight: Float(settings.zLossWeight), normalizer: normalizer)
        crossEntropy += loss.crossEntropy
        zLoss += loss.zLoss
        return loss.total
      }
    }
    let norm = AdamW.globalNorm(of: gradients)
    let rate = settings.schedule.learningRate(at: step, of: settings.totalSteps)
    let isFinite = norm.isFinite && (crossEntropy + zLoss).isFinite
    if isFinite {
      settings.optimizer.update(
        &model, gradients: gradients, gradientNorm: norm, learningRate: rate, &optimizerState)
      consecutiveSkips = 0
      tokens += targetCount
    } else {
      consecutiveSkips += 1
      skippedSteps += 1
    }
    step += 1
    return StepReport(
      step: step, tokens: tokens, crossEntropy: crossEntropy, zLoss: zLoss, learningRate: rate,
      gradientNorm: norm, targetCount: targetCount, isSkipped: !isFinite)
  }
}

extension Batch {
  /// Its segments as the model takes them.
  var segments: Segments? {
    segmentStarts.map { Segments(starts: $0, batch: batchSize, tokens: sequenceLength) }
  }
}

/// What a trainer minimises and how: the part of a recipe that a step depends on.
public struct TrainingSettings: Sendable, Hashable, Encodable {
  public var optimizer: AdamW
  public var schedule: LearningRateSchedule
  /// The weight of the squared log-sum-exp in the loss; 1e-4 in the reference.
  public var zLossWeight: Double
  /// The steps that the schedule spans.
  public var totalSteps: Int
  /// How the model's function is computed.
  public var execution: Execution
  /// What the moments are kept in; the model's weights must have been made for the same.
  public var storage: TrainingStorage

  public init(
    optimizer: AdamW, schedule: LearningRateSchedule, zLossWeight: Double, totalSteps: Int,
    execution: Execution = Execution(), storage: TrainingStorage = .full
  ) {
    self.optimizer = optimizer
    self.schedule = schedule
    self.zLossWeight = zLossWeight
    self.totalSteps = totalSteps
    self.execution = execution
    self.storage = storage
  }
}

/// What came of one step.
public struct StepReport: Sendable, Hashable {
  /// Steps taken, this one included.
  public let step: Int
  /// Targets trained on, this step's included.
  public let tokens: Int
  /// The mean of −ln p over the step's targets, in nats.
  public let crossEntropy: Double
  /// The weighted mean of the squared log-sum-exp.
  public let zLoss: Double
  /// The learning rate of this step.
  public let learningRate: Double
  /// The global norm of the gradients before clipping.
  public let gradientNorm: Double
  /// This step's targets that are not padding.
  public let targetCount: Int
  /// Whether the loss or the gradient was not finite, so that nothing was updated.
  public let isSkipped: Bool

  /// crossEntropy + zLoss.
  public var loss: Double { crossEntropy + zLoss }
}
