import Kernels
import Tensors

/// The keys and values of the tokens of one sequence so far, for one layer.
public struct KeyValueCache: Sendable {
  /// How many tokens are in it.
  public private(set) var count = 0
  /// How many tokens it can hold.
  public let capacity: Int
  private let heads: Int
  private let headWidth: Int
  private var keys: Tensor
  private var values: Tensor

  init(heads: Int, capacity: Int, headWidth: Int) {
    self.heads = heads
    self.capacity = capacity
    self.headWidth = headWidth
    keys = Tensor(repeating: 0, shape: [heads, capacity, headWidth])
    values = keys
  }

  /// Appends the keys and values of `packed` [1, H + 2K, T, W] and attends with its queries.
  ///
  /// Result [T, H·W].
  mutating func attend(_ packed: Tensor, queryHeads: Int) -> Tensor {
    let tokens = packed.shape[2]
    precondition(
      count + tokens <= capacity, "\(count + tokens) tokens in a cache for \(capacity)")
    AttentionKernel.append(
      packed.buffer, firstHead: queryHeads, heads: heads, tokens: tokens, headWidth: headWidth,
      to: keys.mutableBuffer(), capacity: capacity, at: count)
    AttentionKernel.append(
      packed.buffer, firstHead: queryHeads + heads, heads: heads, tokens: tokens,
      headWidth: headWidth, to: values.mutableBuffer(), capacity: capacity, at: count)
    count += tokens
    let y = Tensor(repeating: 0, shape: [tokens, queryHeads * headWidth])
    let layout = AttentionKernel.Layout(
      batch: 1, queryCount: tokens, keyCount: count, queryHeads: queryHeads,
      keyValueHeads: heads, headWidth: headWidth)
    AttentionKernel.forward(
      queries: packed.buffer, keys: keys.buffer, values: values.buffer, capacity: capacity,
      layout, into: y.buffer)
    return y
  }
}
