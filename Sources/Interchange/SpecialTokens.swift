import Tokenization

/// The tokens with a meaning of their own, by number and as the tokenizer writes them.
struct SpecialTokens {
  var start: Int32?
  var ends: [Int32]
  var padding: Int32?
  var unknown: Int32?
  private let tokenizer: (any Tokenizer)?

  /// What the model's settings say, else what its tokenizer says.
  init(_ contents: ModelContents) {
    tokenizer = try? contents.tokenizer?.tokenizer(path: contents.path)
    start = contents.generation.startToken ?? tokenizer?.startToken
    let end = tokenizer?.endToken
    ends = contents.generation.endTokens.isEmpty ? (end.map { [$0] } ?? []) : contents.generation.endTokens
    padding = contents.generation.paddingToken ?? tokenizer?.paddingToken
    unknown = (tokenizer as? SentencePieceTokenizer)?.unknownToken
  }

  /// A token as text; nil where there is no tokenizer that knows it.
  func text(_ token: Int32?) -> String? {
    guard let token, let tokenizer, (0..<tokenizer.vocabularySize).contains(Int(token)) else {
      return nil
    }
    return tokenizer.piece(token)
  }

  /// The names that `transformers` gives them, with their texts.
  var named: [(name: String, text: String)] {
    [
      ("bos_token", text(start)), ("eos_token", text(ends.first)), ("unk_token", text(unknown)),
      ("pad_token", text(padding)),
    ].compactMap { name, text in text.map { (name, $0) } }
  }
}
