import GGUF
import Tokenization

extension GGUFTokenizer {
  private static let mark = Array("\u{2581}".utf8)

  static func entries(
    _ model: SentencePieceModel, _ contents: ModelContents, path: String
  ) throws -> [GGUFEntry] {
    let tokenizer = try SentencePieceTokenizer(model)
    let rules = [
      ("spaces", "that are written as \u{2581}", model.normalizer.escapesWhitespace),
      (
        "the mark of a space", "in front of a word", !model.trainer.treatsWhitespaceAsSuffix
      ),
      ("characters without a piece", "byte by byte", model.trainer.usesByteFallback),
    ]
    for (what, expected, isSo) in rules where !isSo {
      throw GGUFError.inexpressible(
        path: path, what: "\(what) of the tokenizer", expected: "them \(expected)",
        found: "another setting")
    }
    let tokens = model.pieces.map { piece in
      let kind = Kind(rawValue: piece.kind.rawValue) ?? .normal
      // llama.cpp looks for these in text that has its spaces still.
      let name =
        kind == .userDefined ? replacing(mark, with: [0x20], in: piece.bytes) : piece.bytes
      return Token(name: name, score: piece.score, kind: kind)
    }
    return [
      GGUFEntry(modelKey, .string("llama")), GGUFEntry(patternKey, .string("default")),
    ]
      + (try arrays(
        tokens, hasScores: true, tokenCount: contents.configuration.vocabularySize, path: path))
      + specialTokens(
        contents, start: tokenizer.startToken, end: tokenizer.endToken,
        padding: tokenizer.paddingToken, unknown: tokenizer.unknownToken)
      + [
        GGUFEntry(spacePrefixKey, .boolean(model.normalizer.addsDummyPrefix)),
        GGUFEntry(extraSpacesKey, .boolean(model.normalizer.removesExtraWhitespace)),
      ]
  }

  static func readSentencePiece(_ file: GGUFFile, tokenCount: Int) throws -> StoredTokenizer {
    guard file.value(of: scoresKey) != nil else {
      throw GGUFError.wrongValue(
        path: file.path, key: scoresKey, expected: "\(tokenCount) float32", found: "no such key")
    }
    let tokens = try tokens(file, tokenCount: tokenCount)
    let pieces = try tokens.enumerated().map { id, token in
      guard !token.name.isEmpty,
        let kind = SentencePieceModel.PieceKind(rawValue: token.kind.rawValue)
      else {
        throw GGUFError.wrongValue(
          path: file.path, key: tokensKey, expected: "text for every token",
          found: "none for token \(id)")
      }
      let name =
        kind == .userDefined ? replacing([0x20], with: mark, in: token.name) : token.name
      return SentencePieceModel.Piece(bytes: name, score: token.score, kind: kind)
    }
    var model = SentencePieceModel(pieces: pieces, path: file.path)
    model.trainer.modelType = 2
    model.trainer.vocabularySize = Int32(pieces.count)
    model.trainer.usesByteFallback = pieces.contains { $0.kind == .byte }
    if let unknown = pieces.firstIndex(where: { $0.kind == .unknown }) {
      model.trainer.unknownToken = Int32(unknown)
      model.trainer.unknownPiece = pieces[unknown].bytes
    }
    // What llama.cpp takes where the keys lack.
    model.setSpecialTokens(
      start: try token("bos", file, tokenCount: pieces.count) ?? 1,
      end: try token("eos", file, tokenCount: pieces.count) ?? 2,
      padding: try token("padding", file, tokenCount: tokenCount))
    model.normalizer.addsDummyPrefix = try file.boolean(spacePrefixKey) ?? true
    model.normalizer.removesExtraWhitespace = try file.boolean(extraSpacesKey) ?? false
    // Holds that it is one that can be used.
    _ = try SentencePieceTokenizer(model)
    return StoredTokenizer(kind: .sentencePiece, bytes: model.serialized())
  }

  private static func replacing(
    _ pattern: [UInt8], with content: [UInt8], in text: [UInt8]
  ) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text[...]
    while !rest.isEmpty {
      if rest.starts(with: pattern) {
        result += content
        rest = rest.dropFirst(pattern.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
