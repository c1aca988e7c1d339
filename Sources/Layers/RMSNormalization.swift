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

  /// x [..., width]; shape preserved, of the type that the products of `precision` take.
  public func callAsFunction(_ x: Tensor, for precision: Precision = .float32) -> Tensor {
    rmsNormalization(x, weight: weight, epsilon: epsilon, as: precision.elementType)
  }

  public mutating func visitParameters<V: ParameterVisitor>(
    _ visitor: inout V
  ) throws(V.Failure) {
    try visitor.visit("weight", &weight)
  }
}
