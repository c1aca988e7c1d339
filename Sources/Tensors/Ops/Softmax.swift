import Kernels

/// e^x divided by its sum, over each innermost row. Shape preserved.
public func softmax(_ x: Tensor) -> Tensor {
  let (rows, width, shape) = (x.shape.rows, x.shape.width, x.shape)
  let y = Buffer(uninitializedCount: x.buffer.count)
  SoftmaxKernel.forward(x.buffer, rows: rows, width: width, into: y)
  return recorded(Tensor(y, shape: shape), from: x) { dy in
    let dx = Buffer(uninitializedCount: y.count)
    SoftmaxKernel.backward(dy.buffer, y, rows: rows, width: width, into: dx)
    return [.tensor(Tensor(dx, shape: shape))]
  }
}
