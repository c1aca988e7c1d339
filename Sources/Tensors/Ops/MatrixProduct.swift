import Kernels

/// The matrix product a · b.
///
/// a [M, K], b [K, N]; result [M, N].
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  precondition(
    a.shape.rank == 2 && b.shape.rank == 2,
    "matmul takes matrices, not shapes \(a.shape) and \(b.shape)")
  let (rows, inner, columns) = (a.shape[0], a.shape[1], b.shape[1])
  precondition(inner == b.shape[0], "matmul: inner dimensions \(inner) and \(b.shape[0]) differ")
  let y = Buffer(uninitializedCount: rows * columns)
  MatrixMultiply.run(
    .asStored(a.buffer), .asStored(b.buffer), into: y, rows: rows, columns: columns, inner: inner)
  let (aBuffer, bBuffer) = (a.buffer, b.buffer)
  return recorded(Tensor(y, shape: [rows, columns]), from: a, b) { dy in
    [
      .inPlace { gradient, accumulating in
        MatrixMultiply.run(
          .asStored(dy.buffer), .transposed(bBuffer), into: gradient,
          rows: rows, columns: inner, inner: columns, accumulating: accumulating)
      },
      .inPlace { gradient, accumulating in
        MatrixMultiply.run(
          .transposed(aBuffer), .asStored(dy.buffer), into: gradient,
          rows: inner, columns: columns, inner: rows, accumulating: accumulating)
      },
    ]
  }
}
