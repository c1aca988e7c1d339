/// What an OpenELM costs, counted without making it.
extension OpenELMConfiguration {
  public var parameterCount: Int {
    let table = vocabularySize * modelWidth
    let inLayers = layers.reduce(0) { $0 + parameterCount(of: $1) }
    return (sharesInputAndOutput ? 1 : 2) * table + inLayers + modelWidth
  }

  private func parameterCount(of layer: Layer) -> Int {
    let sizes = layer.attention
    let attention =
      modelWidth * sizes.projectionWidth + sizes.queryHeads * headWidth * modelWidth
      + (normalizesQueriesAndKeys ? 2 * headWidth : 0)
    return attention + 3 * modelWidth * layer.feedForwardWidth + 2 * modelWidth
  }

  /// Six for each weight in a product (two forward, four backward), and attention's products with
  /// half of the keys masked.
  public func trainingFLOPsPerToken(sequenceLength: Int) -> Double {
    let matrices =
      layers.reduce(0) { total, layer in
        total + modelWidth * layer.attention.projectionWidth
          + layer.attention.queryHeads * headWidth * modelWidth
          + 3 * modelWidth * layer.feedForwardWidth
      } + vocabularySize * modelWidth
    let attention = layers.reduce(0) { $0 + $1.attention.queryHeads * headWidth * sequenceLength }
    return 6 * Double(matrices) + 6 * Double(attention)
  }

  /// The tensors that pullbacks capture, layer by layer, and the output projection's block.
  public func activationBytes(batch: Int, sequenceLength: Int) -> Int {
    let tokens = batch * sequenceLength
    let kept = layers.reduce(0) { total, layer in
      let attended = layer.attention.queryHeads * headWidth
      // Two residual sums, two normalized inputs; the projection before and after rotation;
      // what attention gives; the feed-forward's 2F and F.
      return total + 4 * modelWidth + 2 * layer.attention.projectionWidth + attended
        + 3 * layer.feedForwardWidth
    }
    let widest = layers.map(\.feedForwardWidth).max() ?? 0
    // A block of logits, the gradients of hidden states and table that its op forms, the states.
    let logits = min(1 << 23, tokens * vocabularySize)
    let output = logits + vocabularySize * modelWidth + tokens * modelWidth * 3
    return 4 * (tokens * (kept + modelWidth) + max(output, tokens * 4 * widest))
  }
}
