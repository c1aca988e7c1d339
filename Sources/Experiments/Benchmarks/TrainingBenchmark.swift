import Corpora
import Foundation
import Kernels
import Layers
import Models
import Terminal
import Training

/// The speed of a recipe's training step, with random tokens in place of a corpus.
public struct TrainingBenchmark: Sendable {
  /// The recipe as it is benchmarked: one pass a step, a constant rate.
  public let recipe: Recipe
  var execution: Execution { recipe.execution }
  let repeatsBatch: Bool
  let threads: Int
  private let products: ProductBenchmark
  private let engine: ProductEngine

  /// AdamW's first steps move every weight by about the rate, all in one direction, and what a
  /// product gives by the rate times its width: so the rate falls as models widen, lest a first
  /// step without warm-up overshoot. 3e-4 at width 256 and 6e-5 at 1,280 lower the loss of a batch
  /// that is repeated in every step; 3e-4 at 1,280 raises it.
  static func learningRate(modelWidth: Int) -> Double { 0.08 / Double(modelWidth) }

  /// - Parameters:
  ///   - batch: Sequences of the one pass that makes a step; the recipe's if `nil`.
  ///   - sequenceLength: Tokens of each; the recipe's if `nil`.
  ///   - steps: The first warms up, the others are timed.
  ///   - repeatsBatch: Whether every step sees the same tokens, so that the loss falls.
  /// - Throws: `BenchmarkError`, `ExperimentError.invalidSetting`.
  public init(
    _ recipe: Recipe, batch: Int? = nil, sequenceLength: Int? = nil,
    steps: Int = 4, repeatsBatch: Bool = false, threads: Int
  ) throws {
    guard steps >= 2 else { throw BenchmarkError.tooFewSteps(steps) }
    guard let model = recipe.model as? OpenELMConfiguration else {
      throw BenchmarkError.unknownArchitecture(recipe: recipe.name)
    }
    let rate = Self.learningRate(modelWidth: model.modelWidth)
    self.recipe = try recipe.forBenchmark(batch: batch, sequenceLength: sequenceLength) {
      $0.schedule = LearningRateSchedule(warmupSteps: 0, maximum: rate, minimum: rate)
      $0.steps = steps
    }
    engine = try ProductEngine.inUse(for: recipe.execution.precision)
    products = try ProductBenchmark(self.recipe)
    self.repeatsBatch = repeatsBatch
    self.threads = threads
    try Machine.check(
      bytes: RecipePlan(self.recipe).predictedPeakBytes, for: "a step of \(recipe.name)")
  }

  /// Trains, then times the products alone, on the same threads.
  public func run() -> TrainingFigures {
    ThreadPool.configure(threadCount: threads)
    let steps = takeSteps(recipe.model)
    // The trainer is gone by now, but what it held is still resident.
    let peak = ProcessMemory.peakResidentBytes
    return TrainingFigures(self, steps, products: products.run(engine), peakResidentBytes: peak)
  }

  /// What the steps gave.
  struct Steps {
    var losses: [Double] = []
    /// Of the timed steps, in order.
    var seconds: [Double] = []
    /// Where the time of all timed steps went.
    var operations: [KernelClock.Entry] = []
  }

  private func takeSteps<C: ModelConfiguration>(_ configuration: C) -> Steps {
    let tokens = RandomTokens(
      seed: recipe.seed, vocabularySize: configuration.vocabularySize,
      batchSize: recipe.batching.sequencesPerPass,
      sequenceLength: recipe.batching.sequenceLength)
    let progress = ProgressLine(total: recipe.steps)
    defer { progress.finish() }
    var initializer = ParameterInitializer(
      seed: recipe.seed, projectionType: recipe.storage.projectionType)
    var trainer = Trainer(
      configuration.makeModel(&initializer), settings: recipe.trainingSettings)
    var result = Steps()
    for step in 0..<recipe.steps {
      let batch = tokens.batch(step: repeatsBatch ? 0 : step)
      let start = ContinuousClock.now
      let report = trainer.takeStep(on: [batch])
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      result.losses.append(report.crossEntropy)
      if step == 0 {
        KernelClock.start()
      } else {
        result.seconds.append(seconds)
      }
      progress.update(
        completed: step + 1,
        details: [
          "loss \(Format.decimal(report.crossEntropy, places: 3))",
          "\(Format.grouped(Double(batch.targetCount) / seconds)) tokens/s",
        ])
    }
    result.operations = KernelClock.stop()
    return result
  }
}

extension Recipe {
  /// The recipe with one pass a step over `batch` sequences of `sequenceLength` tokens.
  ///
  /// - Throws: `BenchmarkError.tooManyTokens`, `ExperimentError.invalidSetting`.
  public func forBenchmark(
    batch: Int?, sequenceLength: Int?, _ change: (inout Recipe) -> Void = { _ in }
  ) throws -> Recipe {
    let recipe = derived(name, summary: summary) {
      $0.batching.sequencesPerPass = batch ?? $0.batching.sequencesPerPass
      $0.batching.sequencesPerStep = $0.batching.sequencesPerPass
      $0.batching.sequenceLength = sequenceLength ?? $0.batching.sequenceLength
      change(&$0)
    }
    try recipe.validate()
    guard recipe.batching.tokensPerStep <= 1 << 30 else {
      throw BenchmarkError.tooManyTokens(
        batch: recipe.batching.sequencesPerPass, sequenceLength: recipe.batching.sequenceLength)
    }
    return recipe
  }
}

/// What this machine can hold.
enum Machine {
  /// - Throws: `BenchmarkError.tooLarge` if `bytes` are more than the machine's memory.
  static func check(bytes: Int, for what: String) throws(BenchmarkError) {
    let memory = Int(ProcessInfo.processInfo.physicalMemory)
    guard bytes <= memory else { throw .tooLarge(what: what, bytes: bytes, memory: memory) }
  }
}
