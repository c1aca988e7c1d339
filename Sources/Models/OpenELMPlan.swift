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

  /// The tensors that pullbacks capture, layer by layer, and what the output projection needs or a
  /// layer that is computed again keeps meanwhile.
  public func activationBytes(batch: Int, sequenceLength: Int, execution: Execution) -> Int {
    let tokens = batch * sequenceLength
    let element = execution.precision.elementType.byteCount
    let stream = 4 * tokens * modelWidth
    var (kept, widest) = (stream, 0)
    for (index, layer) in layers.enumerated() {
      let bytes = activationBytes(of: layer, tokens: tokens, element: element)
      let isRecomputed = execution.recomputation.includes(layer: index)
      kept += isRecomputed ? stream : bytes
      // Computed again, it is there whole, and its gradients by its widest tensor twice.
      widest = max(widest, isRecomputed ? bytes + 4 * element * tokens * layer.feedForwardWidth : 0)
    }
    // A block of logits (and its gradient if that is rounded), the table's gradient and its two
    // rounded layouts, the states and their gradient.
    let rounded = execution.precision == .float32 ? 0 : element
    let output =
      (4 + rounded) * vocabularySize
      * min(OutputLossKernel.rowsPerBlock(vocabulary: vocabularySize), tokens)
      + (4 + 2 * rounded) * vocabularySize * modelWidth
      + 2 * element * tokens * modelWidth
    return kept + max(output, widest)
  }

  /// Two residual sums in float32; two normalized inputs, the projection before and after rotation,
  /// what attention gives, the feed-forward's 2F and F.
  private func activationBytes(of layer: Layer, tokens: Int, element: Int) -> Int {
    let attended = layer.attention.queryHeads * headWidth
    let kept =
      2 * modelWidth + 2 * layer.attention.projectionWidth + attended + 3 * layer.feedForwardWidth
    return tokens * (4 * 2 * modelWidth + element * kept)
  }
}
