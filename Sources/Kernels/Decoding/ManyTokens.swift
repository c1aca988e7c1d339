/// The program by which the pool takes in many tokens of one sequence: a prompt.
///
/// The kernels are those of training. N tokens, D model width, P width of the fused projection, H query
/// heads, K key/value heads, W head width, F feed-forward width.
struct ManyTokens<E: ProductElement> {
  /// The most tokens that are taken in together: enough for products, and few enough for the caches.
  static var tokensAtOnce: Int { 512 }

  private let network: DecodingNetwork
  private let tokens: [Int32]
  private let sequence: Int
  private let position: Int
  /// [N, D], the states after the layers that have run.
  let residual: Buffer

  /// - Parameter position: That of the first token.
  init(_ network: DecodingNetwork, _ tokens: [Int32], sequence: Int, position: Int) {
    self.network = network
    self.tokens = tokens
    self.sequence = sequence
    self.position = position
    residual = Buffer(uninitializedCount: tokens.count * network.width)
  }

  /// Runs all layers.
  func run(_ paths: [[PathFactors<E>]]) {
    let (residual, width) = (residual.pointer, network.width)
    ThreadPool.shared.forEachRange(tokens.count, grain: 16) { range in
      for row in range {
        let token = Int(tokens[row])
        precondition(
          (0..<network.vocabularySize).contains(token),
          "token \(token) of \(network.vocabularySize)")
        network.embeddings.decodeRow(token, into: residual + row * width)
      }
    }
    for (layer, paths) in zip(network.layers, paths) { run(layer, paths) }
  }

  private func run(_ layer: DecodingNetwork.Layer, _ paths: [PathFactors<E>]) {
    let count = tokens.count
    let normalized = normalized(layer.attentionNorm)
    let projected = Buffer(uninitializedCount: count * layer.projection.outputs, of: E.elementType)
    layer.projection.multiply(by: normalized, rows: count, into: projected)
    let packed = Buffer(uninitializedCount: projected.count, of: E.elementType)
    RotaryKernel.forward(
      projected, queryWeight: layer.queryNorm, keyWeight: layer.keyNorm, epsilon: network.epsilon,
      table: network.rotaryTable,
      RotaryKernel.Layout(
        batch: 1, tokens: count, queryHeads: layer.queryHeads, keyValueHeads: layer.keyValueHeads,
        headWidth: network.headWidth, firstPosition: position), into: packed)
    let attended = attended(layer, paths, packed)
    layer.outputProjection.multiply(by: attended, rows: count, into: residual, accumulating: true)
    feedForward(layer)
  }

  private func feedForward(_ layer: DecodingNetwork.Layer) {
    let (count, width) = (tokens.count, layer.down.inputs)
    let normalized = normalized(layer.feedForwardNorm)
    let both = Buffer(uninitializedCount: count * 2 * width, of: E.elementType)
    layer.gateAndUp.multiply(by: normalized, rows: count, into: both)
    let gated = Buffer(uninitializedCount: count * width, of: E.elementType)
    SwiGLUKernel.forward(both, rows: count, width: width, into: gated)
    layer.down.multiply(by: gated, rows: count, into: residual, accumulating: true)
  }

  private func normalized(_ weight: Buffer) -> Buffer {
    let result = Buffer(uninitializedCount: residual.count, of: E.elementType)
    RMSNormalizationKernel.forward(
      residual, weight: weight, epsilon: network.epsilon, rows: tokens.count,
      width: network.width, into: result, scales: Buffer(uninitializedCount: tokens.count))
    return result
  }

  /// [N, H · W] of `packed` [H + 2K, N, W], whose keys and values join the sequence.
  private func attended(
    _ layer: DecodingNetwork.Layer, _ paths: [PathFactors<E>], _ packed: Buffer
  ) -> Buffer {
    let (count, width) = (tokens.count, network.headWidth)
    let result = Buffer(
      uninitializedCount: count * layer.queryHeads * width, of: E.elementType)
    let heads = PackedHeads(
      queryHeads: layer.queryHeads, keyValueHeads: layer.keyValueHeads, headWidth: width,
      rows: count)
    let own = Array(
      paths[sequence * layer.keyValueHeads..<(sequence + 1) * layer.keyValueHeads])
    let (source, target) = (UnsafePointer(packed.elements(of: E.self)), result.elements(of: E.self))
    ThreadPool.shared.forEach(own.count) { head in
      let place = own[head].place(position)
      place.keys.update(from: heads.keys(source, head: head), count: count * width)
      place.values.update(from: heads.values(source, head: head), count: count * width)
      own[head].prepare(position..<position + count)
    }
    let step = heads.rowsPerProduct
    let blocks = (count + step - 1) / step
    KernelClock.measure(
      "attention, forward",
      floatingPointOperations: heads.floatingPointOperations(
        scores: count * position + count * (count + 1) / 2)
    ) {
      ThreadPool.shared.forEach(own.count * blocks) { index in
        // The longest first.
        let (block, head) = (blocks - 1 - index / own.count, index % own.count)
        let rows = block * step..<min(count, (block + 1) * step)
        heads.attend(
          PrefixRuns.Run(depth: position + rows.lowerBound, rows: rows), along: own[head], source,
          head: head, into: target)
      }
    }
    return result
  }
}
