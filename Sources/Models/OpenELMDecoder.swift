import Kernels
import Layers

/// An OpenELM laid out for writing text.
public struct OpenELMDecoder: DecodingModel {
  public let configuration: OpenELMConfiguration
  private let network: DecodingNetwork

  /// Reads the weights, each once, into the format that they are kept in.
  ///
  /// Norms stay float32. With `q4_0` the token table is kept in `q8_0`: it is the output projection too,
  /// whose errors go straight into the scores. A matrix whose rows are no whole blocks is kept in
  /// bfloat16.
  ///
  /// - Parameters:
  ///   - format: f32, bf16, q8_0 or q4_0.
  ///   - progress: Told the fraction that has been read.
  /// - Throws: ``WeightError`` naming the first weight that is missing, left over, or of another shape,
  ///   and what the source throws.
  public init(
    _ configuration: OpenELMConfiguration, weights: some WeightSource, format: WeightFormat,
    progress: @escaping (Double) -> Void = { _ in }
  ) throws {
    var reader = MatrixReader(source: weights, format: format, progress: progress)
    self.configuration = configuration
    network = try reader.network(configuration)
    try reader.checkRest()
  }

  public var vocabularySize: Int { configuration.vocabularySize }
  public var contextLength: Int { configuration.contextLength }
  public var bytesPerToken: Int { network.bytesPerToken }

  public func cacheBytesPerToken(after count: Int) -> Int {
    network.cacheBytesPerToken(after: count)
  }

  public func makeSession(capacities: [Int], rowsAtOnce: Int) -> any DecodingSession {
    DecodingState(network, capacities: capacities, rowsAtOnce: rowsAtOnce)
  }
}

/// Reads weights under the names that ``OpenELM`` gives its parameters.
private struct MatrixReader<Source: WeightSource> {
  let source: Source
  let format: WeightFormat
  let progress: (Double) -> Void
  private var names: Set<String> = []

  init(source: Source, format: WeightFormat, progress: @escaping (Double) -> Void) {
    self.source = source
    self.format = format
    self.progress = progress
  }

  mutating func network(_ configuration: OpenELMConfiguration) throws -> DecodingNetwork {
    let (width, vocabulary) = (configuration.modelWidth, configuration.vocabularySize)
    var layers: [DecodingNetwork.Layer] = []
    for (index, sizes) in configuration.layers.enumerated() {
      layers.append(try layer("layers.\(index)", sizes, configuration))
    }
    let embeddings = try matrix(
      "token_embeddings", [vocabulary, width],
      format == .fourBitBlocks ? .eightBitBlocks : format)
    let output =
      configuration.sharesInputAndOutput
      ? embeddings : try matrix("classifier", [vocabulary, width], embeddings.format)
    return DecodingNetwork(
      layers: layers, headWidth: configuration.headWidth, embeddings: embeddings, output: output,
      norm: try norm("norm", width), epsilon: configuration.epsilon,
      rotaryTable: RotaryKernel.table(
        positions: 2 * configuration.contextLength, headWidth: configuration.headWidth,
        base: configuration.rotaryBase))
  }

  private mutating func layer(
    _ name: String, _ sizes: OpenELMConfiguration.Layer, _ configuration: OpenELMConfiguration
  ) throws -> DecodingNetwork.Layer {
    let (width, attention) = (configuration.modelWidth, sizes.attention)
    let queriesWidth = attention.queryHeads * attention.headWidth
    let inner = sizes.feedForwardWidth
    let normalizes = configuration.normalizesQueriesAndKeys
    return DecodingNetwork.Layer(
      queryHeads: attention.queryHeads, keyValueHeads: attention.keyValueHeads,
      attentionNorm: try norm("\(name).attn_norm", width),
      projection: try matrix("\(name).attn.qkv_proj", [attention.projectionWidth, width], format),
      queryNorm: normalizes ? try norm("\(name).attn.q_norm", attention.headWidth) : nil,
      keyNorm: normalizes ? try norm("\(name).attn.k_norm", attention.headWidth) : nil,
      outputProjection: try matrix("\(name).attn.out_proj", [width, queriesWidth], format),
      feedForwardNorm: try norm("\(name).ffn_norm", width),
      gateAndUp: try matrix("\(name).ffn.proj_1", [2 * inner, width], format),
      down: try matrix("\(name).ffn.proj_2", [width, inner], format))
  }

  private mutating func norm(_ name: String, _ width: Int) throws -> Buffer {
    try source.buffer(of: note(name), shape: [width])
  }

  private mutating func matrix(
    _ name: String, _ shape: [Int], _ format: WeightFormat
  ) throws -> WeightMatrix {
    let name = note(name)
    try source.check(name, shape: shape)
    let matrix = WeightMatrix(
      outputs: shape[0], inputs: shape[1],
      format: format.byteCount(of: shape[1]) == nil ? .bfloat16 : format)
    try source.withWeight(name) { parts in
      var row = 0
      for part in parts {
        matrix.fill(from: row, with: part)
        row += part.elementCount / shape[1]
      }
      precondition(row == shape[0], "\(name): parts of \(row) rows, expected \(shape[0])")
    }
    return matrix
  }

  /// The full name of a weight, which counts as read.
  private mutating func note(_ name: String) -> String {
    let name = "\(name).weight"
    names.insert(name)
    progress(Double(names.count) / Double(max(1, source.weightNames.count)))
    return name
  }

  /// Holds that the source has no weight that was not read.
  func checkRest() throws {
    if let stray = source.weightNames.first(where: { !names.contains($0) }) {
      throw WeightError.unexpected(
        path: source.path, weight: stray, shape: source.shape(of: stray) ?? [])
    }
  }
}
