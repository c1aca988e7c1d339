import Foundation
import Layers
import Recipes
import Testing

import Experiments

@Suite(.serialized) struct TrainingBenchmarkTests {
  private static let recipe = tinyRecipe(corpus: [])

  /// Random tokens cannot be foretold, so the first loss is that of a guess; tokens seen before
  /// can, so a repeated batch is learned.
  @Test func theLossOfARepeatedBatchFalls() throws {
    let seedling = try RecipeCatalog.standard.recipe(named: "seedling")
    let figures = try TrainingBenchmark(
      seedling, batch: 1, sequenceLength: 64, steps: 6, repeatsBatch: true, threads: 2
    ).run()
    let losses = figures.losses.compactMap { $0 }
    #expect(losses.count == 6)
    #expect(losses[0] > log(600))
    #expect(losses[5] < losses[0] - 0.5)
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test func freshTokensAreNotLearned() throws {
    let figures = try TrainingBenchmark(Self.recipe, steps: 3, threads: 2).run()
    #expect(figures.losses.allSatisfy { ($0 ?? 0) > log(320) - 0.5 })
  }

  @Test func figuresBelongTogether() throws {
    let figures = try TrainingBenchmark(Self.recipe, batch: 3, steps: 4, threads: 2).run()
    let plan = RecipePlan(Self.recipe)
    #expect(figures.batch == 3)
    #expect(figures.sequence == 16)
    #expect(figures.parameters == plan.parameters)
    #expect(figures.timedSteps.count == 3)
    #expect(figures.stepSeconds == figures.timedSteps.sorted()[1])
    #expect(abs(figures.tokensPerSecond * figures.stepSeconds / 48 - 1) < 1e-9)
    let operations = figures.achievedGflops * 1e9 * figures.stepSeconds
    #expect(abs(operations / (48 * plan.flopsPerToken) - 1) < 1e-9)
    #expect(figures.efficiency == figures.achievedGflops / figures.matmulGflops)
    #expect(figures.peakResidentBytes > 4 * plan.parameters)
    #expect(figures.operations.last?.name == "everything else")
    #expect(abs(figures.operations.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    let mean = figures.timedSteps.reduce(0, +) / 3
    #expect(abs(figures.operations.reduce(0) { $0 + $1.seconds } / mean - 1) < 1e-9)
  }

  @Test func everyKeyIsInTheRecord() throws {
    let figures = try TrainingBenchmark(Self.recipe, steps: 2, threads: 1).run()
    let object = try #require(
      try JSONSerialization.jsonObject(with: figures.json()) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "recipe", "batch", "sequence", "parameters", "tokens_per_second", "step_seconds",
        "timed_steps", "achieved_gflops", "matmul_gflops", "efficiency", "peak_resident_bytes",
        "predicted_peak_bytes", "precision", "recompute", "engine", "kernels", "threads",
        "processor", "losses", "operations",
      ])
    let operations = try #require(object["operations"] as? [[String: Any]])
    for operation in operations {
      #expect(Set(operation.keys) == ["name", "calls", "seconds", "share", "gflops"])
    }
    #expect(operations.last?["gflops"] is NSNull)
  }

  @Test func tokensAreAFunctionOfSeedAndStep() {
    func batch(seed: UInt64 = 1, step: Int = 0) -> [Int32] {
      RandomTokens(seed: seed, vocabularySize: 50, batchSize: 2, sequenceLength: 500)
        .batch(step: step).inputs
    }
    #expect(batch() == batch())
    #expect(batch() != batch(step: 1))
    #expect(batch() != batch(seed: 2))
    // 1,000 draws miss one of 50 tokens once in ten million times.
    #expect(Set(batch()) == Set(0..<50))
  }

  @Test func targetsAreTheTokensThatFollow() {
    let batch = RandomTokens(seed: 1, vocabularySize: 1_000, batchSize: 3, sequenceLength: 8)
      .batch(step: 0)
    #expect(batch.batchSize == 3)
    #expect(batch.targetCount == 24)
    for row in 0..<3 {
      let (inputs, targets) = (
        batch.inputs[row * 8..<row * 8 + 8], batch.targets[row * 8..<row * 8 + 8]
      )
      #expect(inputs.dropFirst() == targets.dropLast())
    }
  }

  @Test func whatMakesNoBenchmark() throws {
    #expect(throws: BenchmarkError.tooFewSteps(1)) {
      try TrainingBenchmark(Self.recipe, steps: 1, threads: 1)
    }
    #expect(throws: ExperimentError.self) {
      try TrainingBenchmark(Self.recipe, sequenceLength: 33, threads: 1)
    }
    #expect(throws: BenchmarkError.self) {
      try TrainingBenchmark(Self.recipe, batch: 1 << 23, sequenceLength: 32, threads: 1)
    }
  }

  @Test func medians() {
    #expect([3.0].median == 3)
    #expect([4.0, 1].median == 2.5)
    #expect([9.0, 1, 5].median == 5)
    #expect([8.0, 2, 4, 6].median == 5)
    #expect(([] as [Double]).median.isNaN)
  }
}
