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
  public static var all: [ProductEngine] { [.openBLAS] }

  /// The one that a training step of this precision uses.
  ///
  /// - Throws: `BenchmarkError.noEngine`.
  public static func inUse(for precision: Precision) throws(BenchmarkError) -> ProductEngine {
    guard let engine = all.first(where: { $0.precision == precision }) else {
      throw .noEngine(precision)
    }
    return engine
  }

  /// OpenBLAS in float32, spread over the pool.
  public static let openBLAS = ProductEngine(
    name: "OpenBLAS", kernels: MatrixMultiply.kernelName, precision: .float32
  ) { shapes in
    let a = noise(shapes.map { $0.rows * $0.inner }, stream: 0)
    let b = noise(shapes.map { $0.inner * $0.columns }, stream: 1)
    let c = Buffer(repeating: 0, count: shapes.map { $0.rows * $0.columns }.max() ?? 0)
    return { shape in
      let (left, right): (MatrixMultiply.Factor, MatrixMultiply.Factor) =
        switch shape.direction {
        case .forward: (.asStored(a), .transposed(b))
        case .inputGradient: (.asStored(a), .asStored(b))
        case .weightGradient: (.transposed(a), .asStored(b))
        }
      MatrixMultiply.run(
        left, right, into: c, rows: shape.rows, columns: shape.columns, inner: shape.inner,
        accumulating: shape.direction == .weightGradient)
    }
  }

  /// Numbers as a model's are: constants would draw less power, and clock higher, than a step does.
  private static func noise(_ counts: [Int], stream: UInt64) -> Buffer {
    let buffer = Buffer(uninitializedCount: counts.max() ?? 0)
    RandomKernel.normal(standardDeviation: 1, seed: 0, stream: stream, into: buffer)
    return buffer
  }
}
