import Foundation
import Kernels
import Layers

/// What an evaluation's benchmark measured.
public struct EvaluationFigures: Sendable, Codable {
  /// One task, or all of them together.
  public struct Task: Sendable, Codable {
    public let name: String
    public let documents: Int
    /// Different requests, each scored once.
    public let requests: Int
    public let seconds: Double
    public let documentsPerSecond: Double
    /// The tokens that went through the model.
    public let computedTokens: Int
    /// Those that would have, had requests been padded to the longest of every eight.
    public let paddedTokens: Int

    init(
      name: String, documents: Int, requests: Int, seconds: Double, computedTokens: Int,
      paddedTokens: Int
    ) {
      self.name = name
      self.documents = documents
      self.requests = requests
      self.seconds = seconds
      documentsPerSecond = Double(documents) / seconds
      self.computedTokens = computedTokens
      self.paddedTokens = paddedTokens
    }
  }

  /// One kind of operation in all of the tasks.
  public struct Operation: Sendable, Codable {
    public let name: String
    public let seconds: Double
    /// Its part of the whole, 0 to 1.
    public let share: Double
    /// The rate of its matrix products in 10⁹ operations a second; 0 where it has none.
    public let gflops: Double
  }

  public let recipe: String
  public let parameters: Int
  public let precision: Precision
  public let tokensPerBatch: Int
  public let threads: Int
  public let processor: String
  public let tasks: [Task]
  /// All tasks together.
  public let total: Task
  public let documentsPerSecond: Double
  public let peakResidentBytes: Int
  /// Where the time went, the dearest first and what was not timed last.
  public let operations: [Operation]

  init(_ benchmark: EvaluationBenchmark, tasks: [Task], operations: [KernelClock.Entry]) {
    recipe = benchmark.recipe.name
    parameters = benchmark.recipe.model.parameterCount
    precision = benchmark.settings.precision
    tokensPerBatch = benchmark.settings.tokensPerBatch
    threads = benchmark.settings.threads
    processor = MachineReport().processor
    self.tasks = tasks
    func sum<N: AdditiveArithmetic>(_ value: (Task) -> N) -> N {
      tasks.reduce(.zero) { $0 + value($1) }
    }
    let total = Task(
      name: "all", documents: sum(\.documents), requests: sum(\.requests), seconds: sum(\.seconds),
      computedTokens: sum(\.computedTokens), paddedTokens: sum(\.paddedTokens))
    self.total = total
    documentsPerSecond = total.documentsPerSecond
    peakResidentBytes = ProcessMemory.peakResidentBytes
    let timed = operations.map {
      Operation(
        name: $0.kernel, seconds: $0.seconds, share: $0.seconds / total.seconds,
        gflops: $0.floatingPointOperations / max($0.seconds, .leastNormalMagnitude) / 1e9)
    }
    let rest = total.seconds - timed.reduce(0) { $0 + $1.seconds }
    self.operations =
      timed
      + [Operation(name: "everything else", seconds: rest, share: rest / total.seconds, gflops: 0)]
  }

  /// The record as this project writes JSON.
  public func json() throws -> Data { try JSONRecord.encode(self) }
}
