import Kernels
import Layers
import Tensors

/// The OpenELM decoder (arXiv:2404.14619; CoreNet's `general_gpt`): pre-normalized layers, grouped
/// queries, rotary positions, SwiGLU, and widths that grow with depth.
///
/// Parameter names are the reference's.
public struct OpenELM: LanguageModel {
  /// The sizes it was made by.
  public let configuration: OpenELMConfiguration
  public var execution = Execution()
  var tokenEmbeddings: TokenEmbedding
  var layers: [OpenELMLayer]
  var normalization: RMSNormalization
  var classifier: Linear?

  /// Draws the reference's initial values: deviation fan-in^−½ for projections and D^−½ for the token
  /// table; D^−½ · (2L)^−½ for the two projections of a layer that join the residual stream.
  public init(_ configuration: OpenELMConfiguration, _ initializer: inout ParameterInitializer) {
    self.configuration = configuration
    let width = configuration.modelWidth
    // The reference's table also reaches twice the context.
    let table = RotaryTable(
      positions: 2 * configuration.contextLength, headWidth: configuration.headWidth,
      base: configuration.rotaryBase)
    tokenEmbeddings = TokenEmbedding(
      vocabularySize: configuration.vocabularySize, width: width, &initializer)
    layers = []
    for sizes in configuration.layers {
      layers.append(OpenELMLayer(sizes, configuration, table: table, &initializer))
    }
    normalization = RMSNormalization(width: width, epsilon: configuration.epsilon, &initializer)
    // The loss takes a float32 table, since its gradient is a sum over all tokens.
    classifier =
      configuration.sharesInputAndOutput
      ? nil
      : Linear(
        inputs: width, outputs: configuration.vocabularySize, elementType: .float32, &initializer)
  }

  public var vocabularySize: Int { configuration.vocabularySize }
  public var contextLength: Int { configuration.contextLength }
  public var outputTable: Tensor { classifier?.weight ?? tokenEmbeddings.weight }

  public func hiddenStates(of tokens: [Int32], batch: Int, segments: Segments?) -> Tensor {
    var x = tokenEmbeddings(tokens)
    let segments = segments ?? Segments(batch: batch, tokens: tokens.count / batch)
    let precision = execution.precision
    for (index, layer) in layers.enumerated() {
      x =
        execution.recomputation.includes(layer: index)
        ? recomputed(layer, x) { layer, x in layer(x, within: segments, precision) }
        : layer(x, within: segments, precision)
    }
    return normalization(x, for: precision)
  }

  public func hiddenStates(
    of tokens: [Int32], along runs: PrefixRuns, rows: [Int32], prefix: inout [KeyValuePrefix?],
    filling caches: [DecodingCache], ends: [PrefixRuns.End]
  ) -> Tensor {
    precondition(tokens.count == runs.rowCount, "\(tokens.count) tokens in \(runs.rowCount) rows")
    if prefix.isEmpty { prefix = Array(repeating: nil, count: layers.count) }
    var x = tokenEmbeddings(tokens)
    for (index, layer) in layers.enumerated() {
      // After the last attention nothing flows from row to row.
      let isLast = index == layers.count - 1
      let attended = layer.attention(
        layer.attentionNormalization(x, for: execution.precision), along: runs,
        prefix: &prefix[index], addedTo: x, rows: isLast ? rows : nil,
        filling: caches.isEmpty ? nil : caches[index], ends: ends)
      x = layer.feedForward(of: attended, execution.precision)
    }
    return normalization(x, for: execution.precision)
  }

  public func makeDecodingCaches(capacities: [Int]) -> [DecodingCache] {
    layers.map {
      $0.attention.makeDecodingCache(capacities: capacities, precision: execution.precision)
    }
  }

  public func hiddenStates(
    ofNext tokens: [Int32], sequences: [Int], caches: [DecodingCache]
  ) -> Tensor {
    var x = tokenEmbeddings(tokens)
    for (layer, cache) in zip(layers, caches) {
      let attended = layer.attention(
        layer.attentionNormalization(x, for: execution.precision), sequences: sequences,
        in: cache, addedTo: x)
      x = layer.feedForward(of: attended, execution.precision)
    }
    return normalization(x, for: execution.precision)
  }

  public mutating func prepareWeights() {
    for index in layers.indices { layers[index].prepare(for: execution.precision) }
  }

  public mutating func visitParameters<V: ParameterVisitor>(
    _ visitor: inout V
  ) throws(V.Failure) {
    try visitor.visit("token_embeddings", &tokenEmbeddings)
    try visitor.visit("layers", &layers)
    try visitor.visit("norm", &normalization)
    try visitor.visit("classifier", &classifier)
  }
}

/// One layer: attention and feed-forward, each normalized before and added to its input after.
struct OpenELMLayer: Module, Sendable {
  var attentionNormalization: RMSNormalization
  var attention: Attention
  var feedForwardNormalization: RMSNormalization
  var feedForward: FeedForward

  init(
    _ sizes: OpenELMConfiguration.Layer, _ configuration: OpenELMConfiguration,
    table: RotaryTable, _ initializer: inout ParameterInitializer
  ) {
    let (width, epsilon) = (configuration.modelWidth, configuration.epsilon)
    let residualDeviation =
      1 / (Double(width) * 2 * Double(configuration.layerCount)).squareRoot()
    attentionNormalization = RMSNormalization(width: width, epsilon: epsilon, &initializer)
    attention = Attention(
      sizes.attention, table: table,
      normalizesQueriesAndKeys: configuration.normalizesQueriesAndKeys, epsilon: epsilon,
      residualDeviation: residualDeviation, &initializer)
    feedForwardNormalization = RMSNormalization(width: width, epsilon: epsilon, &initializer)
    feedForward = FeedForward(
      modelWidth: width, innerWidth: sizes.feedForwardWidth,
      residualDeviation: residualDeviation, &initializer)
  }

  func callAsFunction(
    _ x: Tensor, within segments: Segments, _ precision: Precision
  ) -> Tensor {
    let attended = attention(
      attentionNormalization(x, for: precision), within: segments, addedTo: x)
    return feedForward(feedForwardNormalization(attended, for: precision), addedTo: attended)
  }

  /// x + the feed-forward network's result.
  func feedForward(of x: Tensor, _ precision: Precision) -> Tensor {
    feedForward(feedForwardNormalization(x, for: precision), addedTo: x)
  }

  mutating func prepare(for precision: Precision) {
    attention.prepare(for: precision)
    feedForward.prepare(for: precision)
  }

  mutating func visitParameters<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.visit("attn", &attention)
    try visitor.visit("ffn", &feedForward)
    try visitor.visit("attn_norm", &attentionNormalization)
    try visitor.visit("ffn_norm", &feedForwardNormalization)
  }
}

extension OpenELMConfiguration: ModelConfiguration {
  public func makeModel(_ initializer: inout ParameterInitializer) -> OpenELM {
    OpenELM(self, &initializer)
  }
}
