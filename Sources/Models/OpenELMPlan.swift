import Kernels
import Layers

/// What an OpenELM costs, counted without making it.
extension OpenELMConfiguration {
  public var parameterCount: Int {
    let table = vocabularySize * modelWidth
    let inLayers = layers.reduce(0) { $0 + parameterCount(of: $1) }
    return (sharesInputAndOutput ? 1 : 2) * table + inLayers + modelWidth
  }

  private func parameterCount(of layer: Layer) -> Int {
    projections(of: layer) + (normalizesQueriesAndKeys ? 2 * headWidth : 0) + 2 * modelWidth
  }

  public var projectionParameterCount: Int { layers.reduce(0) { $0 + projections(of: $1) } }

  private func projections(of layer: Layer) -> Int {
    modelWidth * layer.attention.projectionWidth
      + layer.attention.queryHeads * headWidth * modelWidth
      + 3 * modelWidth * layer.feedForwardWidth
  }

  /// Six for each weight in a product (two forward, four backward), and attention's products with
  /// half of the keys masked.
  public func trainingFLOPsPerToken(sequenceLength: Int) -> Double {
    let matrices = projectionParameterCount + vocabularySize * modelWidth
    let attention = layers.reduce(0) { $0 + $1.attention.queryHeads * headWidth * sequenceLength }
    return 6 * Double(matrices) + 6 * Double(attention)
  }

  /// The tensors that pullbacks capture, layer by layer, and the output projection's block.
  ///
  /// Of a recomputed layer only the input is kept; one of them at a time is there in full.
  public func activationBytes(
    batch: Int, sequenceLength: Int, _ execution: Execution
  ) -> Int {
    let tokens = batch * sequenceLength
    let (float, product) = (
      ElementType.float32.byteCount, execution.precision.elementType.byteCount
    )
    var (kept, working) = (float * modelWidth, 0)
    for (index, layer) in layers.enumerated() {
      let bytes = activationBytesPerToken(of: layer, float, product)
      let isRecomputed = execution.recomputation.includes(layer: index)
      kept += isRecomputed ? float * modelWidth : bytes
      if isRecomputed { working = max(working, bytes) }
    }
    let widest = layers.map(\.feedForwardWidth).max() ?? 0
    // A block of logits, the gradients of hidden states and table that its op forms, the states;
    // where products take a narrower type, the table's copy in it.
    let logits = min(1 << 23, tokens * vocabularySize)
    let copy = product < float ? product * vocabularySize * modelWidth : 0
    let output =
      float * (logits + vocabularySize * modelWidth + tokens * modelWidth * 3) + copy
    return tokens * kept + max(output, tokens * (working + product * 4 * widest))
  }

  /// Two residual sums; two normalized inputs; the projection before and after rotation; what
  /// attention gives; the feed-forward's 2F and F.
  private func activationBytesPerToken(of layer: Layer, _ float: Int, _ product: Int) -> Int {
    let attended = layer.attention.queryHeads * headWidth
    return float * 2 * modelWidth
      + product
      * (2 * modelWidth + 2 * layer.attention.projectionWidth + attended
        + 3 * layer.feedForwardWidth)
  }
}
