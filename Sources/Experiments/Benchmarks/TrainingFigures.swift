import Foundation
import Kernels
import Layers

/// What a training benchmark measured.
public struct TrainingFigures: Sendable, Encodable {
  /// One kind of operation in a step.
  public struct Operation: Sendable, Hashable {
    public let name: String
    /// Calls a step.
    public let calls: Double
    /// Seconds a step.
    public let seconds: Double
    /// Its part of the step, 0 to 1.
    public let share: Double
    /// The rate of its matrix products in 10⁹ operations a second; `nil` where it has none.
    public let gflops: Double?
  }

  public let recipe: String
  /// Sequences of a step.
  public let batch: Int
  /// Tokens of a sequence.
  public let sequence: Int
  public let parameters: Int
  public let precision: Precision
  public let recompute: Recomputation
  /// What makes the matrix products.
  public let engine: String
  /// Which of the engine's kernels.
  public let kernels: String
  public let threads: Int
  public let processor: String
  /// Of the median step.
  public let tokensPerSecond: Double
  /// The median step.
  public let stepSeconds: Double
  /// Each timed step.
  public let timedSteps: [Double]
  /// The model's floating-point operations of a step in 10⁹ a second; recomputation does not count.
  public let achievedGflops: Double
  /// The engine's rate at a step's products alone.
  public let matmulGflops: Double
  /// `achievedGflops` ÷ `matmulGflops`.
  public let efficiency: Double
  /// The most that the training steps had resident.
  public let peakResidentBytes: Int
  /// What the plan says of it.
  public let predictedPeakBytes: Int
  /// Each step's cross entropy in nats, the first step's included; `nil` where it is not finite.
  public let losses: [Double?]
  /// Where the time of a step goes, the dearest first and what was not timed last; seconds add up
  /// to the timed steps' mean.
  public let operations: [Operation]

  init(
    _ benchmark: TrainingBenchmark, _ steps: TrainingBenchmark.Steps, products: ProductRates,
    peakResidentBytes: Int
  ) {
    let (settings, plan) = (benchmark.recipe, RecipePlan(benchmark.recipe))
    recipe = settings.name
    batch = settings.batching.sequencesPerPass
    sequence = settings.batching.sequenceLength
    parameters = plan.parameters
    precision = benchmark.execution.precision
    recompute = benchmark.execution.recomputation
    engine = products.engine
    kernels = products.kernels
    threads = products.threads
    processor = MachineReport().processor
    timedSteps = steps.seconds
    stepSeconds = steps.seconds.median
    let tokens = Double(settings.batching.tokensPerStep)
    tokensPerSecond = tokens / stepSeconds
    achievedGflops = plan.flopsPerToken * tokens / stepSeconds / 1e9
    matmulGflops = products.gflops
    efficiency = achievedGflops / matmulGflops
    self.peakResidentBytes = peakResidentBytes
    predictedPeakBytes = plan.predictedPeakBytes
    losses = steps.losses.map { $0.isFinite ? $0 : nil }
    operations = Self.operations(steps)
  }

  /// The clock's entries a step, and what is left of the step beside them.
  private static func operations(_ steps: TrainingBenchmark.Steps) -> [Operation] {
    let count = Double(steps.seconds.count)
    let total = steps.seconds.reduce(0, +) / count
    let timed = steps.operations.map { entry in
      Operation(
        name: entry.kernel, calls: Double(entry.calls) / count, seconds: entry.seconds / count,
        share: entry.seconds / count / total,
        gflops: entry.floatingPointOperations > 0
          ? entry.floatingPointOperations / entry.seconds / 1e9 : nil)
    }
    let rest = total - timed.reduce(0) { $0 + $1.seconds }
    return timed + [
      Operation(
        name: "everything else", calls: 1, seconds: rest, share: rest / total, gflops: nil)
    ]
  }

  /// The record as this project writes JSON.
  public func json() throws -> Data { try JSONRecord.encode(self) }
}

extension TrainingFigures.Operation: Encodable {
  private enum CodingKeys: String, CodingKey { case name, calls, seconds, share, gflops }

  /// Every operation has every key: what has no products has `null` there.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(calls, forKey: .calls)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(share, forKey: .share)
    try container.encode(gflops, forKey: .gflops)
  }
}

extension [Double] {
  /// The middle one, or the mean of the two in the middle; not a number if there are none.
  package var median: Double {
    let ordered = sorted()
    guard let last = ordered.indices.last else { return .nan }
    return (ordered[last / 2] + ordered[(last + 1) / 2]) / 2
  }
}
