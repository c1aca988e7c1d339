import Kernels

/// The rows of `table` that `tokens` name.
///
/// table [V, D], N tokens, each in 0..<V; result [N, D].
public func embedding(_ table: Tensor, _ tokens: [Int32]) -> Tensor {
  let (vocabulary, width) = (table.shape[0], table.shape.width)
  if let stray = tokens.first(where: { $0 < 0 || $0 >= vocabulary }) {
    preconditionFailure("token \(stray) is outside a vocabulary of \(vocabulary)")
  }
  let y = Buffer(uninitializedCount: tokens.count * width, of: table.elementType)
  EmbeddingKernel.gather(table.buffer, tokens, width: width, into: y)
  return recorded(Tensor(y, shape: [tokens.count, width]), from: table) { dy in
    [
      .inPlace { gradient, accumulating in
        if !accumulating { Fill.constant(0, into: gradient) }
        EmbeddingKernel.scatterAdd(dy.buffer, tokens, width: width, into: gradient)
      }
    ]
  }
}
