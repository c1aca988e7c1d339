/// A byte-level vocabulary in parts, as formats exchange it that have no place for a tokenizer's own file.
package struct ByteLevelVocabulary: Sendable, Equatable {
  package struct Token: Sendable, Equatable {
    /// In the byte alphabet; an added token's as it stands in text. Empty where an id has no token.
    package var name: [UInt8]
    package var kind: Kind

    package init(name: [UInt8], kind: Kind) {
      self.name = name
      self.kind = kind
    }
  }

  package enum Kind: Sendable {
    case normal
    /// No token, or one that no text becomes.
    case unused
    /// Found in text before it is cut, and invisible when decoded.
    case control
    /// Found in text before it is cut.
    case userDefined
  }

  /// Two tokens, by their names, that merge; the earlier in the list the sooner.
  package struct Merge: Sendable, Equatable {
    package var left: [UInt8]
    package var right: [UInt8]

    package init(left: [UInt8], right: [UInt8]) {
      self.left = left
      self.right = right
    }
  }

  /// By id.
  package var tokens: [Token]
  package var merges: [Merge]
  /// How text is cut into the words that are merged.
  package var pattern: PreTokenizationPattern
  /// Whether a word that is a token is taken as it is.
  package var ignoresMerges: Bool
  package var startToken: Int32?
  package var endToken: Int32?
  package var paddingToken: Int32?

  package init(
    tokens: [Token], merges: [Merge], pattern: PreTokenizationPattern, ignoresMerges: Bool,
    startToken: Int32? = nil, endToken: Int32? = nil, paddingToken: Int32? = nil
  ) {
    self.tokens = tokens
    self.merges = merges
    self.pattern = pattern
    self.ignoresMerges = ignoresMerges
    self.startToken = startToken
    self.endToken = endToken
    self.paddingToken = paddingToken
  }

  /// The parts of a `tokenizer.json`; `path` is for messages.
  ///
  /// - Throws: `TokenizationError` where it is none, or one whose text is changed before it is cut, or is
  ///   cut in another way than by a published pattern.
  package init(description bytes: [UInt8], path: String) throws(TokenizationError) {
    let tokenizer = try BytePairTokenizer(description: bytes, path: path)
    let description = try TokenizerDescriptionReader.description(of: bytes, path: path)
    func unsupported(_ place: String, _ expected: String, _ found: String) -> TokenizationError {
      .unsupportedTokenizer(path: path, place: place, expected: expected, found: found)
    }
    guard description.normalizers.isEmpty else {
      throw unsupported("/normalizer", "null for a byte-level vocabulary", "another")
    }
    guard let pattern = PreTokenizer(description.preTokenizers).pattern?.kind else {
      let names = PreTokenizationPattern.allCases.map(\.rawValue).joined(separator: ", ")
      throw unsupported(
        "/pre_tokenizer", "ByteLevel after one of the published patterns (\(names))", "another")
    }
    guard description.decoder.isByteLevel else {
      throw unsupported("/decoder", "ByteLevel", "another")
    }
    var tokens = (0..<tokenizer.vocabularySize).map { id in
      let name = Array(tokenizer.piece(Int32(id)).utf8)
      return Token(name: name, kind: name.isEmpty ? .unused : .normal)
    }
    var ids: [[UInt8]: Int] = [:]
    for (id, token) in tokens.enumerated() where ids[token.name] == nil { ids[token.name] = id }
    for (place, added) in description.addedTokens.enumerated() {
      guard !added.isSingleWord, !added.stripsLeft, !added.stripsRight else {
        throw unsupported(
          "/added_tokens/\(place)", "single_word, lstrip and rstrip false", "one of them true")
      }
      if let id = ids[added.content] { tokens[id].kind = added.isSpecial ? .control : .userDefined }
    }
    self.init(
      tokens: tokens,
      merges: description.model.merges.map { Merge(left: $0.left, right: $0.right) },
      pattern: pattern, ignoresMerges: description.model.ignoresMerges,
      startToken: tokenizer.startToken, endToken: tokenizer.endToken,
      paddingToken: tokenizer.paddingToken)
  }

  /// The parts of a file of tiktoken ranks, with the special tokens and the pattern that `TokenizerFile`
  /// takes it to have.
  ///
  /// Every two ranks whose bytes together are a third's merge, the lowest of these first.
  package init(ranks bytes: [UInt8], path: String) throws(TokenizationError) {
    let tokenizer = try BytePairTokenizer(ranks: bytes, path: path)
    let ranks = try TiktokenRanks(bytes, path: path).tokens
    let known = Set(ranks)
    var merges: [Merge] = []
    for token in ranks {
      for cut in 1..<max(token.count, 1) {
        let (left, right) = (Array(token[..<cut]), Array(token[cut...]))
        guard known.contains(left), known.contains(right) else { continue }
        merges.append(
          Merge(left: ByteAlphabet.encode(left), right: ByteAlphabet.encode(right)))
      }
    }
    let special = (ranks.count..<tokenizer.vocabularySize).map { id in
      let name = Array(tokenizer.piece(Int32(id)).utf8)
      return Token(name: name, kind: name.isEmpty ? .unused : .control)
    }
    self.init(
      tokens: ranks.map { Token(name: ByteAlphabet.encode($0), kind: .normal) } + special,
      merges: merges, pattern: .llama3, ignoresMerges: true, startToken: tokenizer.startToken,
      endToken: tokenizer.endToken, paddingToken: tokenizer.paddingToken)
  }
}

extension TokenizerDescriptionReader {
  /// Reads the bytes of a `tokenizer.json`.
  static func description(
    of bytes: [UInt8], path: String
  ) throws(TokenizationError) -> TokenizerDescription {
    let document: JSONDocument
    do {
      document = try JSONDocument(bytes)
    } catch {
      throw .malformedTokenizer(
        path: path, place: "its beginning", expected: "JSON", found: "none: \(error.reason)")
    }
    return try TokenizerDescriptionReader(path: path, byteCount: bytes.count).read(document.root)
  }
}
