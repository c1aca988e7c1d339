import Tokenization

/// The one place where commands turn a path into a tokenizer.
enum TokenizerLoading {
  /// - Throws: `TokenizationError`.
  static func tokenizer(at path: String) throws -> any Tokenizer {
    try SentencePieceTokenizer(contentsOf: path)
  }

  /// What kind of file a tokenizer was read from.
  static func format(of tokenizer: any Tokenizer) -> String {
    tokenizer is SentencePieceTokenizer ? "SentencePiece BPE model" : "\(type(of: tokenizer))"
  }
}
