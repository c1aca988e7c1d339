import Kernels
import Kernels
import Tensors

/// x · weightᵀ, without a bias.
public struct Linear: Module, Sendable {
  /// [outputs, inputs].
  public var weight: Tensor { didSet { prepared = nil } }
  /// The weight as products read it, if it was laid out and has not been touched since.
  private var prepared: PreparedWeight?

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
  public func callAsFunction(_ x: Tensor) -> Tensor {
    if let prepared, x.elementType == .bfloat16 { return linear(x, prepared) }
    return linear(x, weight)
  }

  /// The same, added to `residual` [..., outputs].
  public func callAsFunction(_ x: Tensor, addedTo residual: Tensor) -> Tensor {
    if let prepared, x.elementType == .bfloat16 {
      return linear(x, prepared, addedTo: residual)
    }
    return linear(x, weight, addedTo: residual)
  }

  /// Lays the weight out once for products in bfloat16, through which no gradient flows, until it
  /// is changed or visited. Products in float32 take it as it is.
  public mutating func prepare(for precision: Precision) {
    prepared = precision == .bfloat16 ? PreparedWeight(weight) : nil
  }

  public mutating func visitParameters<V: ParameterVisitor>(
    _ visitor: inout V
  ) throws(V.Failure) {
    try visitor.visit("weight", &weight)
  }
}
