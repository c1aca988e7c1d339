import GGUF
import Tokenization

/// Tokenizers as llama.cpp keeps them: the vocabulary in arrays, and what is done around it as keys.
///
/// Model `llama` is SentencePiece's byte-pair encoding with scores, `gpt2` the byte-level one with merges.
enum GGUFTokenizer {
  static let chatTemplateKey = "tokenizer.chat_template"
  static let addStartKey = "tokenizer.ggml.add_bos_token"
  static let addEndKey = "tokenizer.ggml.add_eos_token"
  static let modelKey = "tokenizer.ggml.model"
  static let patternKey = "tokenizer.ggml.pre"
  static let tokensKey = "tokenizer.ggml.tokens"
  static let scoresKey = "tokenizer.ggml.scores"
  static let kindsKey = "tokenizer.ggml.token_type"
  static let mergesKey = "tokenizer.ggml.merges"
  static let spacePrefixKey = "tokenizer.ggml.add_space_prefix"
  static let extraSpacesKey = "tokenizer.ggml.remove_extra_whitespaces"

  /// The kinds of tokens; the raw values are the file's (`llama_token_type`).
  enum Kind: Int32 {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  /// One entry of a vocabulary.
  struct Token {
    var name: [UInt8]
    var score: Float = 0
    var kind: Kind
  }

  // MARK: Writing

  /// Keys for a model's tokenizer and chat template, or those that say that it has none.
  static func entries(_ contents: ModelContents, path: String) throws -> [GGUFEntry] {
    var entries: [GGUFEntry] = []
    if let tokenizer = contents.tokenizer {
      entries =
        switch tokenizer.kind {
        case .sentencePiece:
          try self.entries(
            SentencePieceModel(bytes: tokenizer.bytes, path: contents.path), contents, path: path)
        case .tiktoken:
          try self.entries(
            ByteLevelVocabulary(ranks: tokenizer.bytes, path: contents.path), contents, path: path)
        case .huggingFace:
          if SentencePieceModel.isDescribed(by: tokenizer.bytes, path: contents.path) {
            try self.entries(
              SentencePieceModel(description: tokenizer.bytes, path: contents.path), contents,
              path: path)
          } else {
            try self.entries(
              ByteLevelVocabulary(description: tokenizer.bytes, path: contents.path), contents,
              path: path)
          }
        }
    } else {
      entries.append(GGUFEntry(modelKey, .string("no_vocab")))
    }
    if let template = contents.chatTemplate {
      entries.append(GGUFEntry(chatTemplateKey, .string(template)))
    }
    return entries
  }

  /// The arrays of a vocabulary, with tokens that no text becomes up to the rows of the table.
  static func arrays(
    _ tokens: [Token], hasScores: Bool, tokenCount: Int, path: String
  ) throws(GGUFError) -> [GGUFEntry] {
    guard tokens.count <= tokenCount else {
      throw .inexpressible(
        path: path, what: "the tokenizer",
        expected: "at most as many tokens as the model's table has rows, \(tokenCount)",
        found: "\(tokens.count)")
    }
    var tokens = tokens
    for id in tokens.indices where tokens[id].name.isEmpty { tokens[id].name = paddingName(id) }
    for id in tokens.count..<tokenCount {
      tokens.append(Token(name: paddingName(id), score: -10_000, kind: .unused))
    }
    var seen: [[UInt8]: Int] = [:]
    var names: [String] = []
    for (id, token) in tokens.enumerated() {
      if let first = seen.updateValue(id, forKey: token.name) {
        throw .inexpressible(
          path: path, what: "token \(id)", expected: "every token's text once",
          found: "that of token \(first)")
      }
      guard let name = String(validating: token.name, as: UTF8.self) else {
        throw .inexpressible(
          path: path, what: "token \(id)", expected: "text in UTF-8", found: "other bytes")
      }
      names.append(name)
    }
    var entries = [GGUFEntry(tokensKey, .array(.string(names)))]
    if hasScores { entries.append(GGUFEntry(scoresKey, .array(.float32(tokens.map(\.score))))) }
    entries.append(GGUFEntry(kindsKey, .array(.int32(tokens.map(\.kind.rawValue)))))
    return entries
  }

  /// What stands in an id's place that has no token, as llama.cpp's converter writes it.
  static func paddingName(_ id: Int) -> [UInt8] { Array("[PAD\(id)]".utf8) }

  /// The tokens with a part of their own. Without a start token llama.cpp takes id 1 or 11 for one, so the end
  /// token stands in for it and is not added.
  static func specialTokens(
    _ contents: ModelContents, start: Int32?, end: Int32?, padding: Int32?, unknown: Int32?
  ) -> [GGUFEntry] {
    let settings = contents.generation
    let end = settings.endTokens.first ?? end
    let ids = [
      ("bos", start ?? end), ("eos", end),
      ("eot", settings.endTokens.dropFirst().first), ("unknown", unknown),
      ("padding", settings.paddingToken ?? padding),
    ]
    return ids.compactMap { name, id in
      id.flatMap { UInt32(exactly: $0) }.map { GGUFEntry(key(name), .uint32($0)) }
    } + [
      GGUFEntry(addStartKey, .boolean(start != nil)), GGUFEntry(addEndKey, .boolean(false)),
    ]
  }

  private static func key(_ name: String) -> String { "tokenizer.ggml.\(name)_token_id" }

  // MARK: Reading

  /// The tokenizer of a file as the bytes of its own kind of file, or nil where it has none.
  static func read(_ file: GGUFFile, tokenCount: Int) throws -> StoredTokenizer? {
    guard let model = try file.string(modelKey), !["no_vocab", "none"].contains(model) else {
      return nil
    }
    switch model {
    case "llama": return try readSentencePiece(file, tokenCount: tokenCount)
    case "gpt2": return try readByteLevel(file, tokenCount: tokenCount)
    default:
      throw GGUFError.wrongValue(
        path: file.path, key: modelKey, expected: "\"llama\" or \"gpt2\"", found: "\"\(model)\"")
    }
  }

  /// A vocabulary without the tokens at its end that only fill up the table.
  static func tokens(_ file: GGUFFile, tokenCount: Int) throws(GGUFError) -> [Token] {
    let names = try file.required(tokensKey, "\(tokenCount) strings, a row of the table each") {
      value in value.array?.strings.flatMap { $0.count == tokenCount ? $0 : nil }
    }
    let kinds = try file.required(kindsKey, "\(tokenCount) types from 1 to 6") { value in
      value.array?.integers.flatMap { codes -> [Kind]? in
        let kinds = codes.compactMap { Int32(exactly: $0).flatMap(Kind.init) }
        return codes.count == tokenCount && kinds.count == tokenCount ? kinds : nil
      }
    }
    let scores =
      try file.optional(scoresKey, "\(tokenCount) float32") { value -> [Float]? in
        guard case .array(.float32(let scores)) = value, scores.count == tokenCount else {
          return nil
        }
        return scores
      } ?? Array(repeating: 0, count: tokenCount)
    var tokens = names.indices.map {
      Token(name: Array(names[$0].utf8), score: scores[$0], kind: kinds[$0])
    }
    while let last = tokens.last, last.kind == .unused,
      last.name == paddingName(tokens.count - 1)
    { tokens.removeLast() }
    return tokens
  }

  /// Whether the start token stands before every text; llama.cpp's default where the key lacks.
  static func addsStart(_ file: GGUFFile) throws(GGUFError) -> Bool {
    if let adds = try file.boolean(addStartKey) { return adds }
    switch try file.string(modelKey) {
    case "llama": return true
    case "gpt2": return pattern(named: try file.string(patternKey))?.ignoresMerges ?? false
    default: return false
    }
  }

  /// The id under a key, which has to be a row of the table.
  static func token(
    _ name: String, _ file: GGUFFile, tokenCount: Int
  ) throws(GGUFError) -> Int32? {
    try file.optional(key(name), "a token below \(tokenCount)") { value in
      value.integer.flatMap { (0..<tokenCount).contains($0) ? Int32(exactly: $0) : nil }
    }
  }
}
