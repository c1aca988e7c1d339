import Corpora
import Layers
import Models
import Tokenization
import Training

/// All that determines a training run: model, data, optimization, and when to keep what.
///
/// A recipe is Swift code. It can be written to JSON, for the record beside each checkpoint, but
/// never read back: code is the source.
public struct Recipe: Sendable {
  /// What it is called on the command line.
  public var name: String
  /// One line for people.
  public var summary: String
  /// The architecture and its sizes.
  public var model: any ModelConfiguration
  /// Where token ids come from.
  public var tokenizer: any TokenizerSource
  /// Where text comes from.
  public var corpus: any CorpusSource
  /// How documents become rows of tokens.
  public var reading: CorpusReading
  /// How rows become steps.
  public var batching: Batching
  /// How gradients become updates.
  public var optimizer: AdamW
  /// The learning rate as a function of the step.
  public var schedule: LearningRateSchedule
  /// The weight of the z-loss.
  public var zLossWeight: Double
  /// How the model's function is computed: precision, and what backward computes again.
  public var execution: Execution
  /// What weights, gradients and moments are kept in.
  public var storage: TrainingStorage
  /// The steps of the run, which the schedule spans.
  public var steps: Int
  /// When checkpoints are written and how many are kept.
  public var checkpoints: CheckpointPolicy
  /// What the weights are scored on while they train; nothing if nil.
  public var evaluation: RecipeEvaluation?
  /// Steps in a row with a non-finite loss or gradient after which the run stops.
  public var maximumConsecutiveSkips: Int
  /// What initial values are drawn from.
  public var seed: UInt64

  /// - Parameters:
  ///   - zLossWeight: 1e-4 in the reference.
  ///   - maximumConsecutiveSkips: Ten bad batches in a row are a diverged run, not bad luck.
  public init(
    name: String, summary: String, model: any ModelConfiguration,
    tokenizer: any TokenizerSource, corpus: any CorpusSource, reading: CorpusReading,
    batching: Batching, optimizer: AdamW = AdamW(), schedule: LearningRateSchedule,
    zLossWeight: Double = 1e-4, execution: Execution = Execution(),
    storage: TrainingStorage = .full, steps: Int, checkpoints: CheckpointPolicy,
    evaluation: RecipeEvaluation? = nil,
    maximumConsecutiveSkips: Int = 10, seed: UInt64 = 0
  ) {
    self.name = name
    self.summary = summary
    self.model = model
    self.tokenizer = tokenizer
    self.corpus = corpus
    self.reading = reading
    self.batching = batching
    self.optimizer = optimizer
    self.schedule = schedule
    self.zLossWeight = zLossWeight
    self.execution = execution
    self.storage = storage
    self.steps = steps
    self.checkpoints = checkpoints
    self.evaluation = evaluation
    self.maximumConsecutiveSkips = maximumConsecutiveSkips
    self.seed = seed
  }

  /// A recipe under another name with some of its values changed.
  public func derived(
    _ name: String, summary: String? = nil, _ change: (inout Recipe) -> Void
  ) -> Recipe {
    var recipe = self
    recipe.name = name
    recipe.summary = summary ?? "\(self.name), changed"
    change(&recipe)
    return recipe
  }

  /// What the trainer needs of it.
  public var trainingSettings: TrainingSettings {
    TrainingSettings(
      optimizer: optimizer, schedule: schedule, zLossWeight: zLossWeight, totalSteps: steps,
      execution: execution, storage: storage)
  }

  /// What the model's initial values are drawn from, in the types that training keeps them in.
  var initializer: ParameterInitializer {
    ParameterInitializer(seed: seed, projectionType: storage.projectionType)
  }
}

/// How rows of tokens become steps.
public struct Batching: Sendable, Hashable, Encodable {
  /// Tokens a row.
  public var sequenceLength: Int
  /// Rows of one optimizer step.
  public var sequencesPerStep: Int
  /// Rows of one forward and backward pass: what memory depends on.
  public var sequencesPerPass: Int

  public init(sequenceLength: Int, sequencesPerStep: Int, sequencesPerPass: Int) {
    self.sequenceLength = sequenceLength
    self.sequencesPerStep = sequencesPerStep
    self.sequencesPerPass = sequencesPerPass
  }

  /// Tokens of one optimizer step.
  public var tokensPerStep: Int { sequenceLength * sequencesPerStep }
}

/// When checkpoints are written and how many are kept.
public struct CheckpointPolicy: Sendable, Hashable, Encodable {
  /// Steps between two; the end of a run always writes one.
  public var everySteps: Int
  /// The newest so many stay.
  public var keep: Int

  public init(everySteps: Int, keep: Int) {
    self.everySteps = everySteps
    self.keep = keep
  }
}
