import Kernels
import Tensors

/// x · weightᵀ, without a bias.
public struct Linear: Module, Sendable {
  /// [outputs, inputs].
  public var weight: Tensor

  /// Weights drawn with the given deviation, fan-in^−½ if none is given, of the type that the
  /// initializer has for projections if no other is given.
  public init(
    inputs: Int, outputs: Int, standardDeviation: Double? = nil, elementType: ElementType? = nil,
    _ initializer: inout ParameterInitializer
  ) {
    weight = initializer.normal(
      standardDeviation: standardDeviation ?? 1 / Double(inputs).squareRoot(),
      shape: [outputs, inputs], elementType: elementType ?? initializer.projectionType)
  }

  /// x [..., inputs]; result [..., outputs].
  public func callAsFunction(_ x: Tensor) -> Tensor { linear(x, weight) }

  /// The same, added to `residual` [..., outputs].
  public func callAsFunction(_ x: Tensor, addedTo residual: Tensor) -> Tensor {
    linear(x, weight, addedTo: residual)
  }

  public mutating func visitParameters<V: ParameterVisitor>(
    _ visitor: inout V
  ) throws(V.Failure) {
    try visitor.visit("weight", &weight)
  }
}
