import Kernels
import Tensors

/// Causal attention with grouped queries, rotary positions and normalized queries and keys.
///
/// B batch, T tokens, D model width, H query heads, K key/value heads, W head width.
public struct Attention: Module, Sendable {
  /// The sizes of one attention layer.
  public struct Sizes: Sendable, Hashable {
    public var modelWidth: Int
    public var queryHeads: Int
    public var keyValueHeads: Int
    public var headWidth: Int

    public init(modelWidth: Int, queryHeads: Int, keyValueHeads: Int, headWidth: Int) {
      self.modelWidth = modelWidth
      self.queryHeads = queryHeads
      self.keyValueHeads = keyValueHeads
      self.headWidth = headWidth
    }

    /// (H + 2K) · W, the width of the fused projection.
    public var projectionWidth: Int { (queryHeads + 2 * keyValueHeads) * headWidth }
  }

  let sizes: Sizes
  let table: RotaryTable
  let epsilon: Float
  var projection: Linear
  var queryNormalization: RMSNormalization?
  var keyNormalization: RMSNormalization?
  var outputProjection: Linear

  /// - Parameters:
  ///   - normalizesQueriesAndKeys: Whether each head's queries and keys are normalized.
  ///   - residualDeviation: The deviation of the projection that joins the residual stream.
  public init(
    _ sizes: Sizes, table: RotaryTable, normalizesQueriesAndKeys: Bool, epsilon: Float,
    residualDeviation: Double, _ initializer: inout ParameterInitializer
  ) {
    self.sizes = sizes
    self.table = table
    self.epsilon = epsilon
    projection = Linear(
      inputs: sizes.modelWidth, outputs: sizes.projectionWidth, &initializer)
    if normalizesQueriesAndKeys {
      queryNormalization = RMSNormalization(
        width: sizes.headWidth, epsilon: epsilon, &initializer)
      keyNormalization = RMSNormalization(width: sizes.headWidth, epsilon: epsilon, &initializer)
    }
    outputProjection = Linear(
      inputs: sizes.queryHeads * sizes.headWidth, outputs: sizes.modelWidth,
      standardDeviation: residualDeviation, &initializer)
  }

  /// residual + what attention gives inside each segment. x [B·T, D]; residual's shape and type are
  /// preserved.
  public func callAsFunction(
    _ x: Tensor, within segments: Segments, addedTo residual: Tensor
  ) -> Tensor {
    let layout = RotaryKernel.Layout(
      batch: segments.batch, tokens: segments.tokens, queryHeads: sizes.queryHeads,
      keyValueHeads: sizes.keyValueHeads, headWidth: sizes.headWidth, segments: segments)
    return outputProjection(
      causalAttention(
        rotated(x, layout), queryHeads: sizes.queryHeads, keyValueHeads: sizes.keyValueHeads,
        segments: segments),
      addedTo: residual)
  }

  /// The same for sequences that share their beginnings, laid out as `runs`.
  ///
  /// `prefix` holds the keys and values of the tokens that the first run keeps, and then those of the
  /// last sequence. x [N, D]; the result has residual's type and those of its rows that are asked
  /// for, all if none are named. A cache is filled with the sequences that end at `ends`. No gradient
  /// flows.
  public func callAsFunction(
    _ x: Tensor, along runs: PrefixRuns, prefix: inout KeyValuePrefix?, addedTo residual: Tensor,
    rows: [Int32]? = nil, filling cache: DecodingCache? = nil, ends: [PrefixRuns.End] = []
  ) -> Tensor {
    let layout = RotaryKernel.Layout(
      positions: runs.positions, queryHeads: sizes.queryHeads,
      keyValueHeads: sizes.keyValueHeads, headWidth: sizes.headWidth)
    let attended = prefixAttention(
      rotated(x.detached, layout), queryHeads: sizes.queryHeads,
      keyValueHeads: sizes.keyValueHeads, along: runs, prefix: &prefix, filling: cache, ends: ends)
    guard let rows else { return outputProjection(attended, addedTo: residual) }
    return outputProjection(attended.rows(rows), addedTo: residual.rows(rows))
  }

  /// The same for the next token of some of the sequences in a cache. x [sequences.count, D].
  public func callAsFunction(
    _ x: Tensor, sequences: [Int], in cache: DecodingCache, addedTo residual: Tensor
  ) -> Tensor {
    let layout = RotaryKernel.Layout(
      positions: sequences.map { Int32(cache.counts[$0]) }, queryHeads: sizes.queryHeads,
      keyValueHeads: sizes.keyValueHeads, headWidth: sizes.headWidth)
    let attended = decodingAttention(
      rotated(x.detached, layout), queryHeads: sizes.queryHeads, sequences: sequences, in: cache)
    return outputProjection(attended, addedTo: residual)
  }

  /// An empty cache for sequences of so many tokens.
  public func makeDecodingCache(capacities: [Int], precision: Precision) -> DecodingCache {
    DecodingCache(
      capacities: capacities, keyValueHeads: sizes.keyValueHeads, headWidth: sizes.headWidth,
      elementType: precision.elementType)
  }

  /// Lays the weights out once; see `Linear`.
  public mutating func prepare(for precision: Precision) {
    projection.prepare(for: precision)
    outputProjection.prepare(for: precision)
  }

  private func rotated(_ x: Tensor, _ layout: RotaryKernel.Layout) -> Tensor {
    rotaryHeads(
      projection(x), queryWeight: queryNormalization?.weight, keyWeight: keyNormalization?.weight,
      epsilon: epsilon, table: table, layout)
  }

  public mutating func visitParameters<V: ParameterVisitor>(
    _ visitor: inout V
  ) throws(V.Failure) {
    try visitor.visit("qkv_proj", &projection)
    try visitor.visit("q_norm", &queryNormalization)
    try visitor.visit("k_norm", &keyNormalization)
    try visitor.visit("out_proj", &outputProjection)
  }
}
