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
  /// A and B are of one type; C is of that type or float32.
  public static func run(
    _ a: Factor, _ b: Factor, into c: Buffer, rows: Int, columns: Int, inner: Int,
    accumulating: Bool = false
  ) {
    let size = ProductSize(rows: rows, columns: columns, inner: inner)
    precondition(
      a.buffer.count >= rows * inner, "A holds \(a.buffer.count) of \(rows)×\(inner) elements")
    precondition(
      b.buffer.count >= inner * columns, "B holds \(b.buffer.count) of \(inner)×\(columns) elements"
    )
    precondition(c.count >= rows * columns, "C holds \(c.count) of \(rows)×\(columns) elements")
    switch (a.buffer.elementType, c.elementType) {
    case (.bfloat16, .bfloat16):
      run(a, b, into: c.elements(of: BFloat16.self), size, of: BFloat16.self, accumulating)
    case (.bfloat16, _):
      run(a, b, into: c.elements(of: Float.self), size, of: BFloat16.self, accumulating)
    default: run(a, b, into: c.elements(of: Float.self), size, of: Float.self, accumulating)
    }
  }

  private static func run<E: StoredElement, C: StoredElement>(
    _ a: Factor, _ b: Factor, into c: UnsafeMutablePointer<C>, _ size: ProductSize, of: E.Type,
    _ accumulating: Bool
  ) {
    run(
      a.operand(rows: size.rows, columns: size.inner) as Operand<E>,
      b.operand(rows: size.inner, columns: size.columns), into: c, stride: size.columns, size,
      accumulating: accumulating)
  }

  /// The same on addresses with the distance between the result's rows given, over the pool.
  static func run<E: StoredElement, C: StoredElement>(
    _ a: Operand<E>, _ b: Operand<E>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, accumulating: Bool = false
  ) {
    let operations = 2 * Double(size.rows) * Double(size.columns) * Double(size.inner)
    KernelClock.measure("matrix products", floatingPointOperations: operations) {
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
  }

  /// How much of the longer side of the result one thread takes.
  private static func grain(_ length: Int, _ size: ProductSize) -> Int {
    guard size.rows * size.columns * size.inner >= parallelThreshold else { return max(length, 1) }
    let threads = ThreadPool.shared.threadCount
    let share = (length + threads - 1) / threads
    return max((share + blockEdge - 1) / blockEdge * blockEdge, 1)
  }
}
