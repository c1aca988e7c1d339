import Foundation
import Kernels
import Layers
import Models
import Terminal

/// How fast an engine makes the products of a training step, and nothing else.
public struct ProductBenchmark: Sendable {
  /// The recipe's products.
  public let shapes: ProductShapes

  /// The fewest times that a product is made; the best one counts.
  private static let fewestRepetitions = 3
  /// Products too short for the clock are repeated for this long.
  private static let shortestSeconds = 0.02

  /// The products of one pass of `recipe` over its sequences.
  ///
  /// - Throws: `BenchmarkError`.
  public init(_ recipe: Recipe) throws(BenchmarkError) {
    guard let configuration = recipe.model as? OpenELMConfiguration else {
      throw .unknownArchitecture(recipe: recipe.name)
    }
    shapes = ProductShapes(
      configuration, batch: recipe.batching.sequencesPerPass,
      sequenceLength: recipe.batching.sequenceLength)
    let largest = [
      shapes.shapes.map { $0.rows * $0.inner }, shapes.shapes.map { $0.inner * $0.columns },
      shapes.shapes.map { $0.rows * $0.columns },
    ].reduce(0) { $0 + ($1.max() ?? 0) }
    try Machine.check(bytes: 4 * largest, for: "multiplying matrices of \(recipe.name)")
  }

  /// Times an engine on the shared pool's threads.
  public func run(_ engine: ProductEngine) -> ProductRates {
    let samples = shapes.samples
    let progress = ProgressLine(label: "product", total: samples.count)
    defer { progress.finish() }
    let multiply = engine.prepare(samples.map(\.shape))
    var products: [ProductRates.Product] = []
    for sample in samples {
      let seconds = Self.bestSeconds { multiply(sample.shape) }
      products.append(ProductRates.Product(sample, seconds: seconds))
      progress.update(
        completed: products.count,
        details: ["\(engine.name) \(engine.precision.rawValue)", sample.shape.matrix.rawValue])
    }
    return ProductRates(engine, threads: ThreadPool.shared.threadCount, products: products)
  }

  private static func bestSeconds(_ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    var (best, total, count) = (Double.infinity, 0.0, 0)
    while count < fewestRepetitions || total < shortestSeconds {
      let seconds = clock.measure(body) / .seconds(1)
      best = min(best, seconds)
      total += seconds
      count += 1
    }
    return best
  }
}

/// What an engine reaches at a recipe's products.
public struct ProductRates: Sendable, Encodable {
  /// One product that was timed.
  public struct Product: Sendable, Encodable {
    public let matrix: ProductShape.Matrix
    public let direction: ProductShape.Direction
    public let rows: Int
    public let columns: Int
    public let inner: Int
    /// The products of a step that it stands for, its own included.
    public let products: Int
    /// The best time of one.
    public let seconds: Double
    /// 10⁹ floating-point operations a second.
    public let gflops: Double
    /// The time of all products of a step that it stands for, at this rate.
    public let secondsOfStep: Double

    init(_ sample: ProductShapes.Sample, seconds: Double) {
      let shape = sample.shape
      matrix = shape.matrix
      direction = shape.direction
      (rows, columns, inner) = (shape.rows, shape.columns, shape.inner)
      products = sample.products
      self.seconds = seconds
      gflops = shape.floatingPointOperations / seconds / 1e9
      secondsOfStep = seconds * sample.floatingPointOperations / shape.floatingPointOperations
    }
  }

  public let engine: String
  public let kernels: String
  public let precision: Precision
  public let threads: Int
  /// The rate of a step's products together: Σ operations ÷ Σ seconds.
  public let gflops: Double
  /// The time that a step's products take alone.
  public let secondsOfStep: Double
  public let products: [Product]

  init(_ engine: ProductEngine, threads: Int, products: [Product]) {
    self.engine = engine.name
    kernels = engine.kernels
    precision = engine.precision
    self.threads = threads
    self.products = products
    secondsOfStep = products.reduce(0) { $0 + $1.secondsOfStep }
    gflops = products.reduce(0) { $0 + $1.gflops * $1.secondsOfStep } / secondsOfStep
  }
}

/// What every engine reaches at the products of one recipe.
public struct ProductReport: Sendable, Encodable {
  public let recipe: String
  /// Sequences of a step.
  public let batch: Int
  /// Tokens of a sequence.
  public let sequence: Int
  public let processor: String
  public let engines: [ProductRates]

  public init(_ recipe: Recipe, _ engines: [ProductRates]) {
    self.recipe = recipe.name
    batch = recipe.batching.sequencesPerPass
    sequence = recipe.batching.sequenceLength
    processor = MachineReport().processor
    self.engines = engines
  }

  /// The record as this project writes JSON.
  public func json() throws -> Data { try JSONRecord.encode(self) }
}
