import Layers
import Models
import Tokenization

extension OpenELMConfiguration {
  /// Holds that weights are this model's, every one and no other, before any room is made for them.
  ///
  /// - Throws: `WeightError` naming the first that is missing, of another shape, or left over.
  package func check(_ source: some WeightSource) throws(WeightError) {
    var names: Set<String> = []
    try forEachParameter { (name, shape) throws(WeightError) in
      try source.check(name, shape: shape)
      names.insert(name)
    }
    if let stray = source.weightNames.first(where: { !names.contains($0) }) {
      throw .unexpected(path: source.path, weight: stray, shape: source.shape(of: stray) ?? [])
    }
  }
}

extension ModelContents {
  /// Holds that every token of the tokenizer, and every token that is named, has its row in the table.
  ///
  /// A table may have more rows, which pad it.
  ///
  /// - Throws: ``InterchangeError``, `TokenizationError` where the tokenizer cannot be read.
  public func checkTokens(tokenizerPath: String? = nil) throws {
    let vocabulary = configuration.vocabularySize
    if let tokenizer {
      let path = tokenizerPath ?? path
      let size = try tokenizer.tokenizer(path: path).vocabularySize
      guard size <= vocabulary else {
        throw InterchangeError.tokenizerTooLarge(
          path: path, tokenizer: size, vocabulary: vocabulary)
      }
    }
    let named =
      [("bos_token_id", generation.startToken), ("pad_token_id", generation.paddingToken)]
      + generation.endTokens.map { ("eos_token_id", $0) }
    for case (let name, let token?) in named
    where token < 0 || Int(token) >= vocabulary {
      throw InterchangeError.tokenOutside(
        path: path, name: name, token: Int(token), vocabulary: vocabulary)
    }
  }
}
