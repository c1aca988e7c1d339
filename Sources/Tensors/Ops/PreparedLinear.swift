import Kernels

extension PreparedWeight {
  /// Lays out a weight [O, I].
  public convenience init(_ weight: Tensor) {
    self.init(weight.buffer, outputs: weight.shape[0], inputs: weight.shape.width)
  }
}

/// x · weightᵀ by a weight that was laid out once.
///
/// x [..., I], bfloat16; result [..., O], likewise. No gradient flows.
public func linear(_ x: Tensor, _ weight: PreparedWeight) -> Tensor {
  let y = Buffer(uninitializedCount: x.shape.rows * weight.outputs, of: x.elementType)
  multiply(x, weight, into: y, accumulating: false)
  return Tensor(y, shape: x.shape.withWidth(weight.outputs))
}

/// residual + x · weightᵀ; residual [..., O], whose type the result has.
public func linear(_ x: Tensor, _ weight: PreparedWeight, addedTo residual: Tensor) -> Tensor {
  precondition(
    residual.shape == x.shape.withWidth(weight.outputs),
    "linear: a residual of shape \(residual.shape) for a product of shape "
      + "\(x.shape.withWidth(weight.outputs))")
  let y = residual.buffer.copy()
  multiply(x, weight, into: y, accumulating: true)
  return Tensor(y, shape: residual.shape)
}

private func multiply(
  _ x: Tensor, _ weight: PreparedWeight, into y: Buffer, accumulating: Bool
) {
  precondition(
    x.shape.width == weight.inputs,
    "linear: an input of shape \(x.shape) and a weight of \(weight.inputs) inputs")
  weight.multiply(by: x.buffer, rows: x.shape.rows, into: y, accumulating: accumulating)
}
