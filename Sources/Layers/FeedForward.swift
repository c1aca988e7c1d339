import Tensors

/// The SwiGLU feed-forward network (arXiv:2002.05202).
public struct FeedForward: Module, Sendable {
  var inputProjection: Linear
  var outputProjection: Linear

  /// - Parameters:
  ///   - modelWidth: D, the width of input and result.
  ///   - innerWidth: F; the first projection makes 2F.
  ///   - residualDeviation: The deviation of the projection that joins the residual stream.
  public init(
    modelWidth: Int, innerWidth: Int, residualDeviation: Double,
    _ initializer: inout ParameterInitializer
  ) {
    inputProjection = Linear(inputs: modelWidth, outputs: 2 * innerWidth, &initializer)
    outputProjection = Linear(
      inputs: innerWidth, outputs: modelWidth, standardDeviation: residualDeviation, &initializer)
  }

  /// residual + the network's result. x [N, D]; residual's shape and type are preserved.
  public func callAsFunction(_ x: Tensor, addedTo residual: Tensor) -> Tensor {
    outputProjection(swiGLU(inputProjection(x)), addedTo: residual)
  }

  /// Lays the weights out once; see `Linear`.
  public mutating func prepare(for precision: Precision) {
    inputProjection.prepare(for: precision)
    outputProjection.prepare(for: precision)
  }

  public mutating func visitParameters<V: ParameterVisitor>(
    _ visitor: inout V
  ) throws(V.Failure) {
    try visitor.visit("proj_1", &inputProjection)
    try visitor.visit("proj_2", &outputProjection)
  }
}
