import Corpora
import Kernels
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

  private static func makeTrainer(
    _ storage: TrainingStorage = .full, precision: Precision = .float32, totalSteps: Int = 20
  ) -> Trainer<OpenELM> {
    var initializer = ParameterInitializer(seed: 1, projectionType: storage.projectionType)
    return Trainer(
      OpenELM(configuration, &initializer),
      settings: TrainingSettings(
        optimizer: AdamW(), schedule: LearningRateSchedule(warmupSteps: 2, maximum: 0.01),
        zLossWeight: 1e-4, totalSteps: totalSteps, execution: Execution(precision: precision),
        storage: storage))
  }

  /// A hundred steps on five batches: what six bytes a parameter learn is what sixteen do.
  ///
  /// The batches can be learned by heart, so a storage that loses small updates falls behind.
  @Test func compactStorageLearnsAsFullDoes() {
    func lastLosses(_ storage: TrainingStorage) -> Double {
      var trainer = Self.makeTrainer(storage, precision: .bfloat16, totalSteps: 100)
      let losses = (0..<100).map { trainer.takeStep(on: [Self.batch($0 % 5)]).loss }
      return losses.suffix(10).reduce(0, +) / 10
    }
    let (full, compact) = (lastLosses(.full), lastLosses(.compact))
    #expect(full < 2)
    #expect(abs(compact - full) < 0.1, "\(full) and \(compact)")
  }

  /// No step makes a second copy of a weight or of a moment.
  @Test(arguments: TrainingStorage.allCases)
  func updatesAreInPlace(storage: TrainingStorage) {
    var trainer = Self.makeTrainer(storage, precision: .bfloat16)
    func places(_ trainer: Trainer<OpenELM>) -> [ObjectIdentifier] {
      let moments = trainer.optimizerState.firstMoments + trainer.optimizerState.secondMoments
      return (trainer.model.parameters + moments.flatMap(\.tensors)).map {
        ObjectIdentifier($0.tensor.buffer)
      }
    }
    let before = places(trainer)
    let weights = Self.weights(trainer)
    _ = trainer.takeStep(on: [Self.batch(0)])
    _ = trainer.takeStep(on: [Self.batch(1)])
    #expect(places(trainer) == before)
    #expect(Self.weights(trainer) != weights)
  }

  @Test func compactGradientsAndWeightsAreOfOneType() {
    let trainer = Self.makeTrainer(.compact, precision: .bfloat16)
    for parameter in trainer.model.parameters {
      let isProjection = parameter.name.contains("proj")
      #expect(parameter.tensor.elementType == (isProjection ? .bfloat16 : .float32))
    }
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

  @Test(arguments: Precision.allCases)
  func theSameStepsGiveTheSameBits(precision: Precision) {
    var (a, b) = (
      Self.makeTrainer(precision: precision), Self.makeTrainer(precision: precision)
    )
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

  /// Documents that share a row train as documents in rows of their own, padded.
  @Test(arguments: Precision.allCases)
  func segmentsTrainAsRows(precision: Precision) {
    let documents: [[Int32]] = [[3, 1, 4, 1, 5], [9, 2, 6, 5], [2, 7]]
    let none = Batch.ignoredTarget
    let packed = Batch(
      inputs: documents.flatMap { $0.dropLast() } + [0],
      targets: documents.flatMap { $0.dropFirst() } + [none], batchSize: 1,
      segmentStarts: [0, 4, 7])
    func padded(_ tokens: ArraySlice<Int32>, with filler: Int32) -> [Int32] {
      tokens + [Int32](repeating: filler, count: 9 - tokens.count)
    }
    let apart = Batch(
      inputs: documents.flatMap { padded($0.dropLast(), with: 0) },
      targets: documents.flatMap { padded($0.dropFirst(), with: none) }, batchSize: 3)
    #expect(packed.targetCount == 8 && apart.targetCount == 8)
    var (a, b) = (Self.makeTrainer(precision: precision), Self.makeTrainer(precision: precision))
    let (found, expected) = (a.takeStep(on: [packed]), b.takeStep(on: [apart]))
    // Sums over rows in another order; in mixed precision some numbers round to the other side.
    let tolerance = precision == .float32 ? 1e-6 : 1e-3
    #expect(abs(found.loss - expected.loss) < tolerance)
    #expect(abs(found.gradientNorm - expected.gradientNorm) < 10 * tolerance)
    let joined = Batch(inputs: packed.inputs, targets: packed.targets, batchSize: 1)
    var c = Self.makeTrainer(precision: precision)
    #expect(abs(c.takeStep(on: [joined]).loss - expected.loss) > 10 * tolerance)
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
