import Foundation
import Testing
import Tokenization

@Suite struct SentencePieceModelDescriptionTests {
  private static var model: SentencePieceModel {
    var pieces = [SentencePieceModel.Piece("<unk>", score: 0, kind: .unknown)]
    pieces += ["<s>", "</s>"].map { .init($0, score: 0, kind: .control) }
    pieces += (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return .init("<0x\(byte < 16 ? "0" : "")\(digits)>", score: 0, kind: .byte)
    }
    // "ba" before "ab", though its id is the higher.
    let scores: [(String, Float)] = [
      ("ab", -3), ("ba", -1), ("\u{2581}a", -2), ("aba", -4), ("\u{2581}", -10), ("a", -11),
      ("b", -12),
    ]
    pieces += scores.map { .init($0.0, score: $0.1, kind: .normal) }
    var model = SentencePieceModel(pieces: pieces)
    model.trainer.modelType = 2
    model.trainer.usesByteFallback = true
    model.normalizer.removesExtraWhitespace = false
    return model
  }

  @Test func theModelOfADescriptionEncodesAsTheFirst() throws {
    let json = try Self.model.tokenizerJSON()
    #expect(SentencePieceModel.isDescribed(by: json, path: "json"))
    let found = try SentencePieceModel(description: json, path: "json")
    #expect(found.pieces.map(\.bytes) == Self.model.pieces.map(\.bytes))
    #expect(found.pieces.map(\.kind) == Self.model.pieces.map(\.kind))
    let (first, second) = (
      try SentencePieceTokenizer(Self.model), try SentencePieceTokenizer(found)
    )
    for text in ["", "abab", "ababa baab", " a  b", "caf\u{E9}\n", "x<s>ab</s>", "bababab"] {
      #expect(second.encode(text) == first.encode(text), "\(text)")
      #expect(second.decode(second.encode(text)) == first.decode(first.encode(text)))
    }
    #expect(second.startToken == 1 && second.endToken == 2)
  }

  @Test func aModelWithoutASpaceInFrontIsSo() throws {
    var model = Self.model
    model.normalizer.addsDummyPrefix = false
    let found = try SentencePieceModel(description: model.tokenizerJSON(), path: "json")
    #expect(!found.normalizer.addsDummyPrefix)
    #expect(
      try SentencePieceTokenizer(found).encode("ab a")
        == SentencePieceTokenizer(model).encode("ab a"))
  }

  @Test func otherDescriptionsAreRefused() throws {
    let json = String(decoding: try Self.model.tokenizerJSON(), as: UTF8.self)
    let changes = [
      ("\"byte_fallback\": true", "\"byte_fallback\": false"),
      ("\"ignore_merges\": false", "\"ignore_merges\": true"),
      ("\"type\": \"Prepend\"", "\"type\": \"Lowercase\""),
    ]
    for (old, new) in changes {
      #expect(json.contains(old))
      let changed = Array(json.replacingOccurrences(of: old, with: new).utf8)
      #expect(throws: TokenizationError.self) {
        _ = try SentencePieceModel(description: changed, path: "json")
      }
    }
    #expect(!SentencePieceModel.isDescribed(by: Array("{}".utf8), path: "json"))
  }
}
