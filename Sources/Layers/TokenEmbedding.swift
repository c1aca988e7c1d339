import Tensors

/// A vector for each token of the vocabulary.
public struct TokenEmbedding: Module, Sendable {
  /// [vocabulary, width].
  public var weight: Tensor

  /// Vectors drawn with deviation width^−½.
  public init(vocabularySize: Int, width: Int, _ initializer: inout ParameterInitializer) {
    weight = initializer.normal(
      standardDeviation: 1 / Double(width).squareRoot(), shape: [vocabularySize, width])
  }

  /// N tokens; result [N, width].
  public func callAsFunction(_ tokens: [Int32]) -> Tensor { embedding(weight, tokens) }

  public mutating func visitParameters<V: ParameterVisitor>(
    _ visitor: inout V
  ) throws(V.Failure) {
    try visitor.visit("weight", &weight)
  }
}
