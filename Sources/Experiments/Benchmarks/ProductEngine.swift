import Kernels
import Layers

/// Something that multiplies matrices, to be timed.
public struct ProductEngine: Sendable {
  /// Its name, such as `OpenBLAS`.
  public let name: String
  /// Which of its kernels this processor gets, such as `SkylakeX`.
  public let kernels: String
  /// What its factors are made of.
  public let precision: Precision
  /// Takes memory for the largest of the shapes, and gives what makes one product of any of them.
  let prepare: @Sendable ([ProductShape]) -> (ProductShape) -> Void

  package init(
    name: String, kernels: String, precision: Precision,
    prepare: @escaping @Sendable ([ProductShape]) -> (ProductShape) -> Void
  ) {
    self.name = name
    self.kernels = kernels
    self.precision = precision
    self.prepare = prepare
  }

  /// Every engine of this build.
  public static var all: [ProductEngine] { [.openBLAS] + bfloat16 }

  /// The one that a training step of this precision uses.
  ///
  /// - Throws: `BenchmarkError.noEngine`.
  public static func inUse(for precision: Precision) throws(BenchmarkError) -> ProductEngine {
    guard let engine = all.first(where: { $0.precision == precision }) else {
      throw .noEngine(precision)
    }
    return engine
  }

  /// What the bits of its products depend on.
  var identity: String { precision == .float32 ? kernels : "\(name) \(kernels)" }

  /// OpenBLAS in float32, spread over the pool.
  public static let openBLAS = ProductEngine(
    name: "OpenBLAS", kernels: OpenBLAS.kernelName, precision: .float32
  ) { multiplication(of: $0, .float32, BFloat16Product.engine) }

  /// The engines of bfloat16 products that this machine has, the one in use first.
  public static let bfloat16 = BFloat16Product.available.map { engine in
    ProductEngine(name: engine.name, kernels: engine.kernels, precision: .bfloat16) {
      multiplication(of: $0, .bfloat16, engine)
    }
  }

  /// What makes a product of any of the shapes, as a training step does.
  private static func multiplication(
    of shapes: [ProductShape], _ type: ElementType, _ engine: BFloat16Product.Engine
  ) -> (ProductShape) -> Void {
    let a = noise(shapes.map { $0.rows * $0.inner }, stream: 0, type)
    let b = noise(shapes.map { $0.inner * $0.columns }, stream: 1, type)
    let weights = noise(shapes.map { $0.inner * $0.columns }, stream: 1, .float32)
    let count = shapes.map { $0.rows * $0.columns }.max() ?? 0
    let activations = Buffer(uninitializedCount: count, of: type)
    let gradients = Buffer(repeating: 0, count: count)
    return { shape in
      let (left, right): (MatrixMultiply.Factor, MatrixMultiply.Factor) =
        switch shape.direction {
        case .forward: (.asStored(a), .transposed(weights))
        case .inputGradient: (.asStored(a), .asStored(weights))
        case .weightGradient: (.transposed(a), .asStored(b))
        }
      MatrixMultiply.run(
        left, right, into: shape.direction == .weightGradient ? gradients : activations,
        rows: shape.rows, columns: shape.columns, inner: shape.inner,
        engine: engine)
    }
  }

  /// Numbers as a model's are: constants would draw less power, and clock higher, than a step does.
  private static func noise(_ counts: [Int], stream: UInt64, _ type: ElementType) -> Buffer {
    let count = counts.max() ?? 0
    let buffer = Buffer(uninitializedCount: count)
    RandomKernel.normal(standardDeviation: 1, seed: 0, stream: stream, into: buffer)
    let result = Buffer(uninitializedCount: count, of: type)
    Conversion.run(buffer, into: result)
    return result
  }
}
