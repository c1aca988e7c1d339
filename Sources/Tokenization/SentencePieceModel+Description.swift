extension SentencePieceModel {
  /// The SentencePiece model that a `tokenizer.json` of Llama's kind was made of: BPE over characters with
  /// bytes for those without a token, and `▁` for spaces.
  ///
  /// The file lists merges in their order, and a model has a score for each piece: the earlier the first
  /// merge that makes it, the higher. What text becomes is SentencePiece's, which finds no special tokens
  /// in text; settings of training are not known.
  ///
  /// - Throws: `TokenizationError` where the file is none, or asks for what such a model cannot.
  package init(description bytes: [UInt8], path: String) throws(TokenizationError) {
    let tokenizer = try BytePairTokenizer(description: bytes, path: path)
    let description = try TokenizerDescriptionReader.description(of: bytes, path: path)
    func unsupported(_ place: String, _ expected: String, _ found: String) -> TokenizationError {
      .unsupportedTokenizer(path: path, place: place, expected: expected, found: found)
    }
    let source = description.model
    // With bytes for all characters some files name no unknown token, which a model has all the same.
    let named = description.addedTokens.first { $0.content.elementsEqual("<unk>".utf8) }?.content
    guard source.fallsBackToBytes, !source.ignoresMerges,
      let unknown = source.unknownToken ?? named
    else {
      throw unsupported(
        "/model", "byte_fallback true, ignore_merges false and an unk_token", "other settings")
    }
    let addsPrefix = try Self.addsPrefix(description, path: path)
    var ranks: [[UInt8]: Int] = [:]
    for (rank, merge) in source.merges.enumerated() where ranks[merge.left + merge.right] == nil {
      ranks[merge.left + merge.right] = rank
    }
    var added: [[UInt8]: AddedToken] = [:]
    for token in description.addedTokens { added[token.content] = token }
    var pieces: [Piece] = []
    for id in 0..<tokenizer.vocabularySize {
      let name = Array(tokenizer.piece(Int32(id)).utf8)
      guard !name.isEmpty else {
        throw unsupported("/model/vocab", "a token for every id", "none for \(id)")
      }
      let kind = Self.kind(of: name, unknown: unknown, added: added[name])
      // Characters, which no merge makes, come after all others.
      let rank = ranks[name] ?? source.merges.count
      pieces.append(Piece(bytes: name, score: kind == .normal ? -Float(rank) : 0, kind: kind))
    }
    self.init(pieces: pieces, path: path)
    trainer.modelType = 2
    trainer.vocabularySize = Int32(pieces.count)
    trainer.usesByteFallback = true
    trainer.unknownPiece = unknown
    trainer.unknownToken = Int32(pieces.firstIndex { $0.kind == .unknown } ?? 0)
    setSpecialTokens(
      start: tokenizer.startToken, end: tokenizer.endToken, padding: tokenizer.paddingToken)
    normalizer.addsDummyPrefix = addsPrefix
    normalizer.removesExtraWhitespace = false
  }

  /// Names the pieces that stand before and after a text and fill up short ones; nil for none.
  package mutating func setSpecialTokens(start: Int32?, end: Int32?, padding: Int32?) {
    func name(_ token: Int32?, else absent: [UInt8]) -> [UInt8] {
      guard let token, pieces.indices.contains(Int(token)) else { return absent }
      return pieces[Int(token)].bytes
    }
    trainer.startToken = start ?? -1
    trainer.endToken = end ?? -1
    trainer.paddingToken = padding ?? -1
    trainer.startPiece = name(start, else: trainer.startPiece)
    trainer.endPiece = name(end, else: trainer.endPiece)
    trainer.paddingPiece = name(padding, else: trainer.paddingPiece)
  }

  private static func kind(
    of name: [UInt8], unknown: [UInt8], added: AddedToken?
  ) -> PieceKind {
    if name == unknown { return .unknown }
    if let added { return added.isSpecial ? .control : .userDefined }
    return isByteName(name) ? .byte : .normal
  }

  /// Whether a name is one of `<0x00>` to `<0xFF>`.
  private static func isByteName(_ name: [UInt8]) -> Bool {
    guard name.count == 6, name.starts(with: "<0x".utf8), name[5] == UInt8(ascii: ">") else {
      return false
    }
    return name[3...4].allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }
  }

  /// Whether a space comes before every text; spaces have to become `▁`, and nothing else may change.
  private static func addsPrefix(
    _ description: TokenizerDescription, path: String
  ) throws(TokenizationError) -> Bool {
    var addsPrefix = false
    var escapes = false
    var isOther = false
    for step in description.normalizers {
      switch step {
      case .prepend(let text) where text == spaceSymbol: addsPrefix = true
      // What is replaced is a pattern already; its replacement tells.
      case .replace(_, let text) where text == spaceSymbol: escapes = true
      default: isOther = true
      }
    }
    for step in description.preTokenizers {
      switch step {
      case .metaspace(let text, let scheme, splits: false) where text == spaceSymbol:
        escapes = true
        addsPrefix = addsPrefix || scheme != .never
      default: isOther = true
      }
    }
    guard escapes, !isOther else {
      throw .unsupportedTokenizer(
        path: path, place: "/normalizer and /pre_tokenizer",
        expected: "\u{2581} for spaces and nothing else, as in Llama 2's", found: "other steps")
    }
    return addsPrefix
  }
}

extension SentencePieceModel {
  /// Whether a `tokenizer.json` is of Llama's kind: over characters, with bytes for those without a token.
  package static func isDescribed(by bytes: [UInt8], path: String) -> Bool {
    let description = try? TokenizerDescriptionReader.description(of: bytes, path: path)
    return description?.model.fallsBackToBytes == true && description?.decoder.isByteLevel == false
  }
}
