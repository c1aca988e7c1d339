import Kernels

/// The keys and values of the tokens that a sequence begins with, for one layer.
public struct KeyValuePrefix: Sendable {
  /// [K, tokens, W].
  let keys: Tensor
  let values: Tensor

  /// How many tokens.
  public var count: Int { keys.shape[1] }

  fileprivate var carried: PrefixAttention.Carried {
    PrefixAttention.Carried(keys: keys.buffer, values: values.buffer, count: count)
  }
}

/// Causal softmax attention of sequences that share their beginnings; see `PrefixAttention`.
///
/// heads [1, H + 2K, N, W]; result [N, H·W], of the heads' type. `prefix` holds the tokens that the
/// first run keeps and is left with the last sequence; a cache is filled with the sequences that end
/// at `ends`, one each. No gradient flows.
public func prefixAttention(
  _ heads: Tensor, queryHeads: Int, keyValueHeads: Int, along runs: PrefixRuns,
  prefix: inout KeyValuePrefix?, filling cache: DecodingCache? = nil, ends: [PrefixRuns.End] = []
) -> Tensor {
  precondition(
    heads.shape.rank == 4 && heads.shape[0] == 1
      && heads.shape[1] == queryHeads + 2 * keyValueHeads && heads.shape[2] == runs.rowCount
      && queryHeads % keyValueHeads == 0,
    "heads of shape \(heads.shape) for \(queryHeads) query and \(keyValueHeads) key/value heads of "
      + "\(runs.rowCount) tokens")
  let width = heads.shape[3]
  let kernel = PrefixAttention(
    runs, queryHeads: queryHeads, keyValueHeads: keyValueHeads, headWidth: width)
  let carried = prefix.map(\.carried)
  let y = Buffer(
    uninitializedCount: runs.rowCount * queryHeads * width, of: heads.elementType)
  kernel.forward(heads.buffer, carried: carried, into: y)
  cache?.fill(with: ends, of: heads.buffer, carried: carried, kernel)
  let length = runs.runs.last?.length ?? runs.carried
  let shape: Shape = [keyValueHeads, length, width]
  let (keys, values) = (
    Buffer(uninitializedCount: shape.elementCount, of: heads.elementType),
    Buffer(uninitializedCount: shape.elementCount, of: heads.elementType)
  )
  kernel.last(length, of: heads.buffer, carried: carried, keys: keys, values: values)
  prefix = KeyValuePrefix(keys: Tensor(keys, shape: shape), values: Tensor(values, shape: shape))
  return Tensor(y, shape: [runs.rowCount, queryHeads * width])
}

/// Attention of the next token of some of the sequences in a cache, whose keys and values join it.
///
/// heads [1, H + 2K, sequences.count, W]; result [sequences.count, H·W]. No gradient flows.
public func decodingAttention(
  _ heads: Tensor, queryHeads: Int, sequences: [Int], in cache: DecodingCache
) -> Tensor {
  let width = heads.shape[3]
  precondition(
    heads.shape[2] == sequences.count,
    "heads of shape \(heads.shape) for \(sequences.count) sequences")
  let y = Buffer(
    uninitializedCount: sequences.count * queryHeads * width, of: heads.elementType)
  cache.attend(heads.buffer, queryHeads: queryHeads, sequences: sequences, into: y)
  return Tensor(y, shape: [sequences.count, queryHeads * width])
}
