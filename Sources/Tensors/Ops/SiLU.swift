import Kernels

/// x · σ(x), elementwise. Shape preserved.
public func silu(_ x: Tensor) -> Tensor {
  let y = Buffer(uninitializedCount: x.buffer.count)
  Elementwise.silu(x.buffer, into: y)
  let (buffer, shape) = (x.buffer, x.shape)
  return recorded(Tensor(y, shape: shape), from: x) { dy in
    let dx = Buffer(uninitializedCount: buffer.count)
    Elementwise.siluGradient(dy.buffer, buffer, into: dx)
    return [.tensor(Tensor(dx, shape: shape))]
  }
}
