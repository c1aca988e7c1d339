import Kernels

/// silu(a) · b, where a and b are the two halves of each row (arXiv:2002.05202).
///
/// x [..., 2F]; result [..., F].
public func swiGLU(_ x: Tensor) -> Tensor {
  precondition(x.shape.width % 2 == 0, "swiGLU needs an even width, not shape \(x.shape)")
  let (rows, width) = (x.shape.rows, x.shape.width / 2)
  let y = Buffer(uninitializedCount: rows * width, of: x.elementType)
  SwiGLUKernel.forward(x.buffer, rows: rows, width: width, into: y)
  let (buffer, shape) = (x.buffer, x.shape)
  return recorded(Tensor(y, shape: shape.withWidth(width)), from: x) { dy in
    let dx = Buffer(uninitializedCount: buffer.count, of: buffer.elementType)
    SwiGLUKernel.backward(dy.buffer, buffer, rows: rows, width: width, into: dx)
    return [.tensor(Tensor(dx, shape: shape))]
  }
}
