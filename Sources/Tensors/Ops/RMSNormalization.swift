import Kernels

/// x / √(mean x² + ε) · weight over each innermost row (arXiv:1910.07467).
///
/// x [..., D], weight [D]; shape preserved.
public func rmsNormalization(_ x: Tensor, weight: Tensor, epsilon: Float) -> Tensor {
  let (rows, width, shape) = (x.shape.rows, x.shape.width, x.shape)
  precondition(
    weight.shape == [width], "a weight of shape \(weight.shape) for rows of width \(width)")
  let y = Buffer(uninitializedCount: x.buffer.count)
  let scales = Buffer(uninitializedCount: rows)
  RMSNormalizationKernel.forward(
    x.buffer, weight: weight.buffer, epsilon: epsilon, rows: rows, width: width,
    into: y, scales: scales)
  let (xBuffer, weightBuffer) = (x.buffer, weight.buffer)
  return recorded(Tensor(y, shape: shape), from: x, weight) { dy in
    let dx = Buffer(uninitializedCount: xBuffer.count)
    let weightGradient = Buffer(uninitializedCount: width)
    RMSNormalizationKernel.backward(
      dy.buffer, xBuffer, weight: weightBuffer, scales: scales, rows: rows, width: width,
      into: dx, weightGradient: weightGradient)
    return [
      .tensor(Tensor(dx, shape: shape)), .tensor(Tensor(weightGradient, shape: [width])),
    ]
  }
}
