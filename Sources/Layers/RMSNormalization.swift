import Tensors

/// Root-mean-square normalization with a learned scale (arXiv:1910.07467).
public struct RMSNormalization: Module, Sendable {
  /// [width].
  public var weight: Tensor
  /// What is added to the mean square.
  public let epsilon: Float

  /// Scales of one. The reference's ε is 1e-6.
  public init(width: Int, epsilon: Float, _ initializer: inout ParameterInitializer) {
    weight = initializer.ones(shape: [width])
    self.epsilon = epsilon
  }

  /// x [..., width]; shape preserved.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    rmsNormalization(x, weight: weight, epsilon: epsilon)
  }

  public mutating func visitParameters<V: ParameterVisitor>(
    _ visitor: inout V
  ) throws(V.Failure) {
    try visitor.visit("weight", &weight)
  }
}
