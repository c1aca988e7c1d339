/// Products of row-major matrices, spread over the pool by blocks of the result.
///
/// Factors of float32 go to OpenBLAS; factors of bfloat16 to the engine that `BFloat16Product` has
/// found. Sums are float32 whatever the factors are.
public enum MatrixMultiply {
  /// Below this many multiply-adds, waking a second thread costs more than it brings.
  private static let parallelThreshold = 1 << 18

  /// The edge of the register blocks of the kernels in use; cuts fall on its multiples.
  private static let blockEdge = 48

  /// One factor of a product.
  public enum Factor {
    case asStored(Buffer)
    case transposed(Buffer)

    fileprivate var buffer: Buffer {
      switch self {
      case .asStored(let buffer), .transposed(let buffer): buffer
      }
    }

    fileprivate func operand<E: StoredElement>(rows: Int, columns: Int) -> Operand<E> {
      switch self {
      case .asStored(let buffer): Operand(buffer.elements(), stride: columns)
      case .transposed(let buffer): Operand(buffer.elements(), stride: rows, isTransposed: true)
      }
    }
  }

  /// C ← A·B + (accumulating ? C : 0), with A [rows, inner] and B [inner, columns] after their
  /// orientations are applied, all contiguous.
  ///
  /// A's type is the product's: a float32 B is rounded on its way into a bfloat16 product. C is of
  /// A's type or float32.
  public static func run(
    _ a: Factor, _ b: Factor, into c: Buffer, rows: Int, columns: Int, inner: Int,
    accumulating: Bool = false, engine: BFloat16Product.Engine = BFloat16Product.engine
  ) {
    let size = ProductSize(rows: rows, columns: columns, inner: inner)
    precondition(
      a.buffer.count >= rows * inner, "A holds \(a.buffer.count) of \(rows)×\(inner) elements")
    precondition(
      b.buffer.count >= inner * columns, "B holds \(b.buffer.count) of \(inner)×\(columns) elements"
    )
    precondition(c.count >= rows * columns, "C holds \(c.count) of \(rows)×\(columns) elements")
    measure(size) {
      switch (a.buffer.elementType, b.buffer.elementType) {
      case (.bfloat16, .bfloat16):
        run(
          a, b.operand(rows: inner, columns: columns) as Operand<BFloat16>, c, size, accumulating,
          engine)
      case (.bfloat16, _):
        run(
          a, b.operand(rows: inner, columns: columns) as Operand<Float>, c, size, accumulating,
          engine)
      default:
        spread(
          a.operand(rows: rows, columns: inner) as Operand<Float>,
          PreparedFactor(b.operand(rows: inner, columns: columns)),
          into: c.elements(of: Float.self), stride: columns, size, accumulating)
      }
    }
  }

  /// A product of bfloat16 by a second factor of any type.
  private static func run<B: StoredElement>(
    _ a: Factor, _ b: Operand<B>, _ c: Buffer, _ size: ProductSize, _ accumulating: Bool,
    _ engine: BFloat16Product.Engine
  ) {
    let a: Operand<BFloat16> = a.operand(rows: size.rows, columns: size.inner)
    let preparation = FactorPreparation<BFloat16>(
      inner: size.inner, columns: size.columns, from: B.elementType, engine: engine)
    defer { withExtendedLifetime(preparation) {} }
    let b = preparation.prepareInParallel(b)
    switch c.elementType {
    case .bfloat16:
      spread(
        a, b, into: c.elements(of: BFloat16.self), stride: size.columns, size, accumulating)
    default:
      spread(a, b, into: c.elements(of: Float.self), stride: size.columns, size, accumulating)
    }
  }

  /// A product by a prepared factor, on addresses with the distance between the result's rows given,
  /// over the pool.
  static func run<E: ProductElement, C: StoredElement>(
    _ a: Operand<E>, _ b: PreparedFactor<E>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, accumulating: Bool = false
  ) {
    measure(size) { spread(a, b, into: c, stride: stride, size, accumulating) }
  }

  private static func measure(_ size: ProductSize, _ body: () -> Void) {
    let operations = 2 * Double(size.rows) * Double(size.columns) * Double(size.inner)
    KernelClock.measure("matrix products", floatingPointOperations: operations, body)
  }

  private static func spread<E: ProductElement, C: StoredElement>(
    _ a: Operand<E>, _ b: PreparedFactor<E>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, _ accumulating: Bool
  ) {
    let isRowSplit = size.rows >= size.columns
    let length = isRowSplit ? size.rows : size.columns
    ThreadPool.shared.forEachRange(length, grain: grain(length, size)) { range in
      var part = size
      if isRowSplit {
        part.rows = range.count
        E.multiply(
          a.dropping(rows: range.lowerBound), b, into: c + range.lowerBound * stride,
          stride: stride, part, accumulating: accumulating)
      } else {
        part.columns = range.count
        E.multiply(
          a, b.dropping(columns: range.lowerBound), into: c + range.lowerBound,
          stride: stride, part, accumulating: accumulating)
      }
    }
  }

  /// How much of the longer side of the result one thread takes.
  private static func grain(_ length: Int, _ size: ProductSize) -> Int {
    guard size.rows * size.columns * size.inner >= parallelThreshold else { return max(length, 1) }
    let threads = ThreadPool.shared.threadCount
    let share = (length + threads - 1) / threads
    return max((share + blockEdge - 1) / blockEdge * blockEdge, 1)
  }
}
