import Foundation
import Testing
import Tokenization

struct JSONWriterTests {
  /// Every kind of character that JSON has a rule for, as a piece of its own.
  @Test func everyCharacterComesBack() throws {
    let characters =
      (UInt32(1)..<0x100).compactMap(Unicode.Scalar.init).filter { $0 != " " }
      + ["\u{2028}", "\u{2581}", "\u{FFFF}", "🌱"]
    var model = SentencePieceModel(
      pieces: [.init("<unk>", score: 0, kind: .unknown)]
        + characters.map { .init(String($0), score: -1, kind: .normal) })
    model.trainer.modelType = 2
    model.normalizer.removesExtraWhitespace = false
    let bytes = try model.tokenizerJSON()
    let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    let vocabulary = try #require((object?["model"] as? [String: Any])?["vocab"] as? [String: Int])
    #expect(vocabulary.count == model.pieces.count)
    for (index, character) in characters.enumerated() {
      #expect(vocabulary[String(character)] == index + 1, "U+\(String(character.value, radix: 16))")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n"))
    #expect(text.hasSuffix("\n  }\n}\n"))
    #expect(text.contains("\"\\u0007\": 7,"))
  }
}
