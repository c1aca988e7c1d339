import Files

/// A SentencePiece BPE model as the `tokenizer.json` of the Hugging Face `tokenizers` library.
///
/// The file is laid out as that library and `transformers` write it for Llama: BPE with byte
/// fallback, a normalizer that prepends `▁` and writes spaces as `▁`, the opposite decoder, special
/// pieces as added tokens, and the start token as post-processor. A model says which string a merge
/// makes and how early; the file lists pairs in their order. So every pair of pieces that makes a
/// piece is listed, the higher score first. Among equal scores SentencePiece takes the leftmost
/// merge; longer pieces first, then longer left sides, is the order that gives the same for the one
/// such group that models in use have, the pieces of nothing but spaces.
///
/// The ids are those of SentencePiece, hostile texts included. What differs by nature:
/// - The library finds `<s>` and the like when text spells them, which SentencePiece never does, and
///   starts anew behind it. `encode_special_tokens = True` turns that off.
/// - It takes strings, so that bytes that are not UTF-8 cannot reach it; SentencePiece reads each as
///   U+FFFD. U+0000 is a character like any other to both.
/// - Its post-processor adds the start token unless it is called with `add_special_tokens=False`.
/// - Decoding leaves the unknown piece out, for which SentencePiece writes U+2047.
/// - With user-defined pieces, a text that is one of them and nothing else gets no `▁` in front.
struct TokenizerJSON {
  private let model: SentencePieceModel
  private let index: PieceIndex

  /// - Throws: `TokenizationError` for a model that SentencePiece would refuse, or one that the
  ///   format cannot express.
  package init(_ model: SentencePieceModel) throws(TokenizationError) {
    try model.checkSettings()
    self.model = model
    index = try PieceIndex(model)
    try checkExpressible()
  }

  /// The bytes of the file.
  func serialized() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("version") { $0.string("1.0") }
      writer.member("truncation") { $0.null() }
      writer.member("padding") { $0.null() }
      writer.member("added_tokens", addedTokens)
      writer.member("normalizer", normalizer)
      writer.member("pre_tokenizer") { $0.null() }
      writer.member("post_processor", postProcessor)
      writer.member("decoder", decoder)
      writer.member("model", merging)
    }
    writer.endLine()
    return writer.bytes
  }

  private func addedTokens(_ writer: inout JSONWriter) {
    writer.array { writer in
      for (token, piece) in model.pieces.enumerated() {
        guard [.unknown, .control, .userDefined].contains(piece.kind) else { continue }
        writer.element {
          $0.object { writer in
            writer.member("id") { $0.integer(token) }
            writer.member("content") { $0.string(piece.bytes) }
            for name in ["single_word", "lstrip", "rstrip"] {
              writer.member(name) { $0.boolean(false) }
            }
            // Found after normalization, which puts no mark before what follows such a piece.
            writer.member("normalized") { $0.boolean(piece.kind == .userDefined) }
            writer.member("special") { $0.boolean(piece.kind != .userDefined) }
          }
        }
      }
    }
  }

  private func normalizer(_ writer: inout JSONWriter) {
    writer.tagged("Sequence") { writer in
      writer.member("normalizers") {
        $0.array { writer in
          if model.normalizer.addsDummyPrefix { writer.element(prepending) }
          writer.element {
            $0.tagged("Replace") { writer in
              writer.member("pattern") { $0.object { $0.member("String") { $0.string(" ") } } }
              writer.member("content") { $0.string(spaceSymbol) }
            }
          }
        }
      }
    }
  }

  /// The library normalizes user-defined pieces too before it looks for them, and must not put the
  /// mark in front of those.
  private func prepending(_ writer: inout JSONWriter) {
    guard !index.userDefined.isEmpty else {
      writer.tagged("Prepend") { $0.member("prepend") { $0.string(spaceSymbol) } }
      return
    }
    let alternatives = index.userDefined.map { token in
      model.pieces[Int(token)].bytes.flatMap { byte -> [UInt8] in
        let isWord = byte >= 0x80 || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
        return isWord || (0x30...0x39).contains(byte) ? [byte] : Array("\\".utf8) + [byte]
      }
    }
    let pattern =
      Array("\\A(?!(?:".utf8) + alternatives.joined(separator: Array("|".utf8))
      + Array(")\\z)".utf8)
    writer.tagged("Replace") { writer in
      writer.member("pattern") { $0.object { $0.member("Regex") { $0.string(pattern) } } }
      writer.member("content") { $0.string(spaceSymbol) }
    }
  }

  private func decoder(_ writer: inout JSONWriter) {
    writer.tagged("Sequence") { writer in
      writer.member("decoders") {
        $0.array { writer in
          writer.element {
            $0.tagged("Replace") { writer in
              writer.member("pattern") {
                $0.object { $0.member("String") { $0.string(spaceSymbol) } }
              }
              writer.member("content") { $0.string(" ") }
            }
          }
          writer.element { $0.tagged("ByteFallback") { _ in } }
          writer.element { $0.tagged("Fuse") { _ in } }
          guard model.normalizer.addsDummyPrefix else { return }
          writer.element {
            $0.tagged("Strip") { writer in
              writer.member("content") { $0.string(" ") }
              writer.member("start") { $0.integer(1) }
              writer.member("stop") { $0.integer(0) }
            }
          }
        }
      }
    }
  }

  private func postProcessor(_ writer: inout JSONWriter) {
    guard let start = index.control(model.trainer.startPiece) else {
      writer.null()
      return
    }
    let name = model.trainer.startPiece
    writer.startTokenTemplate(name, Int(start))
  }

  private func merging(_ writer: inout JSONWriter) {
    writer.tagged("BPE") { writer in
      for name in ["dropout", "continuing_subword_prefix", "end_of_word_suffix"] {
        writer.member(name) { $0.null() }
      }
      writer.member("unk_token") { $0.string(model.pieces[Int(index.unknownToken)].bytes) }
      writer.member("fuse_unk") { $0.boolean(true) }
      writer.member("byte_fallback") { $0.boolean(model.trainer.usesByteFallback) }
      writer.member("ignore_merges") { $0.boolean(false) }
      writer.member("vocab") {
        $0.object { writer in
          for (token, piece) in model.pieces.enumerated() {
            writer.member(piece.bytes) { $0.integer(token) }
          }
        }
      }
      // As pairs, which the library reads since 0.20: it passes over strings that begin "#version".
      writer.member("merges") {
        $0.array { writer in
          for (left, right) in merges {
            writer.element { $0.strings([left, right]) }
          }
        }
      }
    }
  }
}

extension TokenizerJSON {
  /// Every two pieces that make a third, in the order of their merging.
  private var merges: [(left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)] {
    let normal = model.pieces.indices.filter { model.pieces[$0].kind == .normal }
    let known = Set(normal.map { model.pieces[$0].bytes[...] })
    let order = normal.sorted { first, second in
      let (a, b) = (model.pieces[first], model.pieces[second])
      if a.score != b.score { return a.score > b.score }
      return a.bytes.count != b.bytes.count ? a.bytes.count > b.bytes.count : first < second
    }
    var merges: [(ArraySlice<UInt8>, ArraySlice<UInt8>)] = []
    for token in order {
      let bytes = model.pieces[token].bytes
      for cut in (1..<bytes.count).reversed() where bytes[cut] & 0xC0 != 0x80 {
        let (left, right) = (bytes[..<cut], bytes[cut...])
        if known.contains(left) && known.contains(right) { merges.append((left, right)) }
      }
    }
    return merges
  }

  private func checkExpressible() throws(TokenizationError) {
    func unsupported(_ setting: String, _ expected: String, _ found: String) -> TokenizationError {
      .unsupportedSetting(path: model.path, setting: setting, expected: expected, found: found)
    }
    let flags = [
      ("normalizer_spec.remove_extra_whitespaces", model.normalizer.removesExtraWhitespace, false),
      ("normalizer_spec.escape_whitespaces", model.normalizer.escapesWhitespace, true),
      ("trainer_spec.treat_whitespace_as_suffix", model.trainer.treatsWhitespaceAsSuffix, false),
    ]
    for (setting, found, expected) in flags where found != expected {
      throw unsupported(setting, "\(expected) for a tokenizer.json", "\(found)")
    }
    let normal = Set(model.pieces.lazy.filter { $0.kind == .normal }.map(\.bytes))
    for (token, piece) in model.pieces.enumerated() {
      let name = "piece \(token), \(String(decoding: piece.bytes, as: UTF8.self)),"
      let length = encodedLength(lead: piece.bytes[0])
      switch piece.kind {
      case .unused:
        throw unsupported(name, "in use for a tokenizer.json", "unused")
      case .normal where piece.bytes.contains(0x20):
        throw unsupported(name, "without a space for a tokenizer.json", "one that has a space")
      case .normal:
        for character in characters(of: piece.bytes) where !normal.contains(character) {
          throw unsupported(
            name, "made of characters that are pieces for a tokenizer.json",
            "without \(String(decoding: character, as: UTF8.self))")
        }
      case .control where piece.bytes.count == length, .unknown where piece.bytes.count == length:
        throw unsupported(name, "longer than a character for a tokenizer.json", "a character")
      default:
        break
      }
    }
  }

  private func characters(of bytes: [UInt8]) -> [[UInt8]] {
    var characters: [[UInt8]] = []
    var position = 0
    while position < bytes.count {
      let end = position + encodedLength(lead: bytes[position])
      characters.append(Array(bytes[position..<end]))
      position = end
    }
    return characters
  }
}

extension SentencePieceModel {
  /// Returns the model as a Hugging Face `tokenizer.json` that gives the same ids.
  ///
  /// - Throws: `TokenizationError.unsupportedSetting` for what that format cannot express, which is
  ///   removed whitespace, marks of a space at the end of words, unused pieces, and pieces with
  ///   characters that are no pieces.
  public func tokenizerJSON() throws(TokenizationError) -> [UInt8] {
    try TokenizerJSON(self).serialized()
  }
}
