import Kernels

/// Causal softmax attention with grouped queries: each token sees itself and those of its segment
/// before it; without segments, those of its row.
///
/// heads [B, H + 2K, T, W] (queries, keys, values; H a multiple of K); result [B·T, H·W], of the
/// heads' type. A segment's result and gradient have the bits that they would have in a row of its
/// own.
public func causalAttention(
  _ heads: Tensor, queryHeads: Int, keyValueHeads: Int, segments: Segments? = nil
) -> Tensor {
  precondition(
    heads.shape.rank == 4 && heads.shape[1] == queryHeads + 2 * keyValueHeads
      && queryHeads % keyValueHeads == 0,
    "heads of shape \(heads.shape) for \(queryHeads) query and \(keyValueHeads) key/value heads")
  let (batch, tokens, width) = (heads.shape[0], heads.shape[2], heads.shape[3])
  let layout = AttentionKernel.Layout(
    batch: batch, queryCount: tokens, keyCount: tokens, queryHeads: queryHeads,
    keyValueHeads: keyValueHeads, headWidth: width, segments: segments)
  let y = Buffer(
    uninitializedCount: batch * tokens * queryHeads * width, of: heads.elementType)
  let logSums = Buffer(uninitializedCount: batch * queryHeads * tokens)
  AttentionKernel.forward(heads.buffer, layout, into: y, logSums: logSums)
  let (packed, shape) = (heads.buffer, heads.shape)
  return recorded(Tensor(y, shape: [batch * tokens, queryHeads * width]), from: heads) { dy in
    let gradient = Buffer(uninitializedCount: packed.count, of: packed.elementType)
    AttentionKernel.backward(
      dy.buffer, packed: packed, y: y, logSums: logSums, layout, into: gradient)
    return [.tensor(Tensor(gradient, shape: shape))]
  }
}
