import Kernels

/// x · weightᵀ: every innermost row of x through one matrix.
///
/// x [..., I], weight [O, I] (the layout of checkpoints); result [..., O].
public func linear(_ x: Tensor, _ weight: Tensor) -> Tensor {
  let (outputs, inputs) = (weight.shape[0], weight.shape.width)
  precondition(
    weight.shape.rank == 2 && x.shape.width == inputs,
    "linear: an input of shape \(x.shape) and a weight of shape \(weight.shape)")
  let rows = x.shape.rows
  let y = Buffer(uninitializedCount: rows * outputs)
  MatrixMultiply.run(
    .asStored(x.buffer), .transposed(weight.buffer), into: y,
    rows: rows, columns: outputs, inner: inputs)
  let (xBuffer, xShape, weightBuffer) = (x.buffer, x.shape, weight.buffer)
  return recorded(Tensor(y, shape: x.shape.withWidth(outputs)), from: x, weight) { dy in
    let dx = Buffer(uninitializedCount: rows * inputs)
    MatrixMultiply.run(
      .asStored(dy.buffer), .asStored(weightBuffer), into: dx,
      rows: rows, columns: inputs, inner: outputs)
    return [
      .tensor(Tensor(dx, shape: xShape)),
      .inPlace { gradient, accumulating in
        MatrixMultiply.run(
          .transposed(dy.buffer), .asStored(xBuffer), into: gradient,
          rows: outputs, columns: inputs, inner: rows, accumulating: accumulating)
      },
    ]
  }
}
