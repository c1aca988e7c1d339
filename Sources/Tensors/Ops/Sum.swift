import Kernels

extension Tensor {
  /// The sum of all elements, a scalar.
  public func sum() -> Tensor {
    let shape = shape
    return recorded(Tensor(Float(Reductions.sum(buffer))), from: self) { dy in
      [.tensor(Tensor(repeating: dy.scalar, shape: shape))]
    }
  }

  /// The mean of all elements, a scalar.
  public func mean() -> Tensor { sum().scaled(by: 1 / Float(shape.elementCount)) }

  /// Σ x² over all elements, in float64; no gradient flows through it.
  public var sumOfSquares: Double { Reductions.sumOfSquares(buffer) }
}
