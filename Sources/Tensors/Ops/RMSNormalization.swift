import Kernels

/// x / √(mean x² + ε) · weight over each innermost row (arXiv:1910.07467).
///
/// x [..., D], weight [D]; shape preserved. The result is of the type asked for, x's if none is.
public func rmsNormalization(
  _ x: Tensor, weight: Tensor, epsilon: Float, as elementType: ElementType? = nil
) -> Tensor {
  let (rows, width, shape) = (x.shape.rows, x.shape.width, x.shape)
  precondition(
    weight.shape == [width], "a weight of shape \(weight.shape) for rows of width \(width)")
  let y = Buffer(uninitializedCount: x.buffer.count, of: elementType ?? x.elementType)
  let scales = Buffer(uninitializedCount: rows)
  RMSNormalizationKernel.forward(
    x.buffer, weight: weight.buffer, epsilon: epsilon, rows: rows, width: width,
    into: y, scales: scales)
  let (xBuffer, weightBuffer, needsInputGradient) = (x.buffer, weight.buffer, x.isTracked)
  return recorded(Tensor(y, shape: shape), from: x, weight) { dy in
    let weightGradient = Buffer(uninitializedCount: width)
    func backward(_ gradient: Buffer, _ accumulating: Bool) {
      RMSNormalizationKernel.backward(
        dy.buffer, xBuffer, weight: weightBuffer, scales: scales, rows: rows, width: width,
        into: gradient, accumulating: accumulating, weightGradient: weightGradient)
    }
    let weightContribution = Contribution.tensor(Tensor(weightGradient, shape: [width]))
    guard needsInputGradient else {
      backward(Buffer(uninitializedCount: xBuffer.count, of: xBuffer.elementType), false)
      return [.none, weightContribution]
    }
    // The pass that adds the input's gradient to the residual stream's makes the weight's too.
    return [.inPlace(backward), weightContribution]
  }
}
