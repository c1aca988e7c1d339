import Corpora
import Layers
import Models
import Tensors
import Testing
import Training

@Suite struct TrainerTests {
  private static let configuration = OpenELMConfiguration(
    layerCount: 2, modelWidth: 16, headWidth: 8, queriesPerKeyValueHead: 2,
    attentionScale: .init(1), feedForwardScale: .init(2), feedForwardDivisor: 8,
    vocabularySize: 30, contextLength: 8)

  private static func makeTrainer() -> Trainer<OpenELM> {
    var initializer = ParameterInitializer(seed: 1)
    return Trainer(
      OpenELM(configuration, &initializer),
      settings: TrainingSettings(
        optimizer: AdamW(), schedule: LearningRateSchedule(warmupSteps: 2, maximum: 0.01),
        zLossWeight: 1e-4, totalSteps: 20))
  }

  private static func batch(_ seed: Int, rows: Int = 4, padding: Int = 0) -> Batch {
    let count = rows * 8
    let tokens = (0...count).map { Int32(($0 * 7 + seed * 13 + $0 * $0) % 30) }
    var targets = Array(tokens[1...count])
    for place in 0..<padding { targets[place] = Batch.ignoredTarget }
    return Batch(inputs: Array(tokens[0..<count]), targets: targets, batchSize: rows)
  }

  private static func weights(_ trainer: Trainer<OpenELM>) -> [[UInt32]] {
    trainer.model.parameters.map { $0.tensor.scalars.map(\.bitPattern) }
  }

  @Test func theLossOfARepeatedBatchFalls() {
    var trainer = Self.makeTrainer()
    let losses = (0..<20).map { _ in trainer.takeStep(on: [Self.batch(0)]).loss }
    #expect(losses[0] > 3)
    #expect(losses[19] < 0.6 * losses[0])
  }

  @Test func theSameStepsGiveTheSameBits() {
    var (a, b) = (Self.makeTrainer(), Self.makeTrainer())
    for step in 0..<5 {
      #expect(a.takeStep(on: [Self.batch(step)]) == b.takeStep(on: [Self.batch(step)]))
    }
    #expect(Self.weights(a) == Self.weights(b))
  }

  /// Passes of unequal numbers of targets weigh by targets, as one pass over all of them would.
  @Test func accumulationWeighsTokensNotPasses() {
    let (first, second) = (Self.batch(1, rows: 2, padding: 13), Self.batch(2, rows: 2))
    let joined = Batch(
      inputs: first.inputs + second.inputs, targets: first.targets + second.targets,
      batchSize: 4)
    var (apart, together) = (Self.makeTrainer(), Self.makeTrainer())
    let (a, b) = (apart.takeStep(on: [first, second]), together.takeStep(on: [joined]))
    #expect(a.targetCount == 19)
    #expect(abs(a.loss - b.loss) < 1e-6)
    #expect(abs(a.gradientNorm - b.gradientNorm) < 1e-5 * b.gradientNorm)
  }

  /// A step whose loss is not finite changes nothing but the counts.
  @Test func aStepThatIsNotFiniteIsSkipped() {
    var trainer = Self.makeTrainer()
    _ = trainer.takeStep(on: [Self.batch(0)])
    let good = trainer
    trainer.model.updateParameters { name, _, tensor in
      if name == "norm.weight" { tensor = Tensor(repeating: .infinity, shape: tensor.shape) }
    }
    let before = Self.weights(trainer)
    let report = trainer.takeStep(on: [Self.batch(1)])
    #expect(report.isSkipped)
    #expect(Self.weights(trainer) == before)
    #expect((trainer.step, trainer.skippedSteps, trainer.consecutiveSkips) == (2, 1, 1))
    #expect(trainer.tokens == good.tokens)
    #expect(trainer.optimizerState.updateCount == good.optimizerState.updateCount)
    trainer.model = good.model
    #expect(!trainer.takeStep(on: [Self.batch(1)]).isSkipped)
    #expect(trainer.consecutiveSkips == 0)
  }

  /// Matrices decay towards zero even without a gradient that pulls; scales do not.
  @Test func onlyMatricesDecay() {
    var initializer = ParameterInitializer(seed: 1)
    var model = OpenELM(Self.configuration, &initializer)
    var state = AdamW.State(for: model)
    let before = model.parameters
    AdamW(weightDecay: 0.5).update(
      &model, gradients: before.map { Tensor(repeating: 0, shape: $0.tensor.shape) },
      gradientNorm: 0, learningRate: 0.1, &state)
    for (old, new) in zip(before, model.parameters) {
      let factor: Float = old.tensor.shape.rank == 2 ? 0.95 : 1
      for (x, y) in zip(old.tensor.scalars, new.tensor.scalars) {
        #expect(abs(x * factor - y) < 1e-6)
      }
    }
  }
}
