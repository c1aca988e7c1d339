/// The names and shapes of an OpenELM's parameters, known without making them.
extension OpenELMConfiguration {
  /// Calls `body` with each parameter, in the order in which the model visits them.
  ///
  /// Names are CoreNet's, such as `layers.3.attn.qkv_proj.weight`.
  public func forEachParameter<Failure: Error>(
    _ body: (_ name: String, _ shape: [Int]) throws(Failure) -> Void
  ) throws(Failure) {
    try body("token_embeddings.weight", [vocabularySize, modelWidth])
    for (index, layer) in layers.enumerated() {
      let (name, attended) = ("layers.\(index)", layer.attention.queryHeads * headWidth)
      try body("\(name).attn.qkv_proj.weight", [layer.attention.projectionWidth, modelWidth])
      if normalizesQueriesAndKeys {
        try body("\(name).attn.q_norm.weight", [headWidth])
        try body("\(name).attn.k_norm.weight", [headWidth])
      }
      try body("\(name).attn.out_proj.weight", [modelWidth, attended])
      try body("\(name).ffn.proj_1.weight", [2 * layer.feedForwardWidth, modelWidth])
      try body("\(name).ffn.proj_2.weight", [modelWidth, layer.feedForwardWidth])
      try body("\(name).attn_norm.weight", [modelWidth])
      try body("\(name).ffn_norm.weight", [modelWidth])
    }
    try body("norm.weight", [modelWidth])
    if !sharesInputAndOutput { try body("classifier.weight", [vocabularySize, modelWidth]) }
  }
}
