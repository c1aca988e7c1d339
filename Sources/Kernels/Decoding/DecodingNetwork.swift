/// The weights of a decoder as it writes text: matrices in the format that they are read in, norms and
/// angles in float32.
///
/// Layers are pre-normalized, with grouped queries, rotary positions, maybe normalized queries and keys,
/// and a gated feed-forward network (arXiv:2404.14619). D model width, H query heads, K key/value heads,
/// W head width, F feed-forward width, V vocabulary.
public struct DecodingNetwork: Sendable {
  /// The weights of one layer.
  public struct Layer: Sendable {
    public let queryHeads: Int
    public let keyValueHeads: Int
    /// [D], float32 like all norms.
    public let attentionNorm: Buffer
    /// [(H + 2K) · W, D].
    public let projection: WeightMatrix
    /// [W].
    public let queryNorm: Buffer?
    public let keyNorm: Buffer?
    /// [D, H · W].
    public let outputProjection: WeightMatrix
    /// [D].
    public let feedForwardNorm: Buffer
    /// [2F, D]: the gate's rows, then the others.
    public let gateAndUp: WeightMatrix
    /// [D, F].
    public let down: WeightMatrix

    public init(
      queryHeads: Int, keyValueHeads: Int, attentionNorm: Buffer, projection: WeightMatrix,
      queryNorm: Buffer?, keyNorm: Buffer?, outputProjection: WeightMatrix,
      feedForwardNorm: Buffer, gateAndUp: WeightMatrix, down: WeightMatrix
    ) {
      self.queryHeads = queryHeads
      self.keyValueHeads = keyValueHeads
      self.attentionNorm = attentionNorm
      self.projection = projection
      self.queryNorm = queryNorm
      self.keyNorm = keyNorm
      self.outputProjection = outputProjection
      self.feedForwardNorm = feedForwardNorm
      self.gateAndUp = gateAndUp
      self.down = down
    }

    /// The query heads that share a key/value head.
    var group: Int { queryHeads / keyValueHeads }

    fileprivate var matrices: [WeightMatrix] { [projection, outputProjection, gateAndUp, down] }
  }

  public let layers: [Layer]
  /// W.
  public let headWidth: Int
  /// [V, D], whose rows are the tokens' embeddings.
  public let embeddings: WeightMatrix
  /// [V, D], whose products with the last states are the scores; the embeddings where both are tied.
  public let output: WeightMatrix
  /// [D].
  public let norm: Buffer
  /// What is added to mean squares before their root.
  public let epsilon: Float
  /// Cosines and sines of positions; see `RotaryKernel.table`.
  public let rotaryTable: Buffer

  public init(
    layers: [Layer], headWidth: Int, embeddings: WeightMatrix, output: WeightMatrix, norm: Buffer,
    epsilon: Float, rotaryTable: Buffer
  ) {
    precondition(
      Set(layers.flatMap(\.matrices).map { $0.format == .float32 }).count <= 1,
      "float32 matrices among others")
    self.layers = layers
    self.headWidth = headWidth
    self.embeddings = embeddings
    self.output = output
    self.norm = norm
    self.epsilon = epsilon
    self.rotaryTable = rotaryTable
  }

  /// D.
  public var width: Int { output.inputs }
  /// V.
  public var vocabularySize: Int { output.outputs }

  /// The bytes of weights that are read to write one token of one sequence.
  public var bytesPerToken: Int {
    let norms = layers.reduce(norm.byteCount) {
      $0 + $1.attentionNorm.byteCount + $1.feedForwardNorm.byteCount
        + ($1.queryNorm?.byteCount ?? 0) + ($1.keyNorm?.byteCount ?? 0)
    }
    return layers.flatMap(\.matrices).reduce(norms + output.byteCount) { $0 + $1.byteCount }
  }

  /// The bytes of keys and values that are read to write a token after so many.
  public func cacheBytesPerToken(after count: Int) -> Int {
    let size = isFloat32 ? 4 : 2
    return layers.reduce(0) { $0 + 2 * $1.keyValueHeads * headWidth * count * size }
  }

  /// Whether states between products are float32; they are bfloat16 beside all other formats, as in
  /// training.
  var isFloat32: Bool { layers.first?.projection.format == .float32 }
}
