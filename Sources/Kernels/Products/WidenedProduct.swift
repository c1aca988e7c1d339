/// bfloat16 products by way of float32 copies of the factors, for machines without a better engine.
enum WidenedProduct {
  static func multiply<C: StoredElement>(
    _ a: Operand<BFloat16>, _ b: Operand<BFloat16>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, accumulating: Bool
  ) {
    let (wideA, aOperand) = widened(a, rows: size.rows, columns: size.inner)
    let (wideB, bOperand) = widened(b, rows: size.inner, columns: size.columns)
    let sums = Buffer(uninitializedCount: size.rows * size.columns)
    defer { withExtendedLifetime((wideA, wideB, sums)) {} }
    OpenBLAS.multiply(
      aOperand, bOperand, into: sums.pointer, stride: size.columns, size, accumulating: false)
    for row in 0..<size.rows {
      let (source, target) = (sums.pointer + row * size.columns, c + row * stride)
      if accumulating {
        VectorLoop.map(source, target, into: target, size.columns) { $0 + $1 }
      } else {
        VectorLoop.map(source, into: target, size.columns) { $0 }
      }
    }
  }

  private static func widened(
    _ operand: Operand<BFloat16>, rows: Int, columns: Int
  ) -> (Buffer, Operand<Float>) {
    let (lines, width) = operand.isTransposed ? (columns, rows) : (rows, columns)
    let wide = Buffer(uninitializedCount: lines * width)
    for line in 0..<lines {
      VectorLoop.map(
        operand.start + line * operand.stride, into: wide.pointer + line * width, width
      ) { $0 }
    }
    return (wide, Operand(wide.pointer, stride: width, isTransposed: operand.isTransposed))
  }
}
