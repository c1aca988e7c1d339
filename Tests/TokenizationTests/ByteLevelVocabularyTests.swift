import Foundation
import Testing
import Tokenization

@Suite struct ByteLevelVocabularyTests {
  /// The letters of GPT-2's alphabet for all bytes are in each, so that any text has ids.
  private static func json(
    normalizer: String = "null", addedFlag: String = "false", preTokenizer: String? = nil
  ) -> [UInt8] {
    let plain: [UInt8] = Array(0x21...0x7E) + Array(0xA1...0xAC) + Array(0xAE...0xFF)
    let scalars = plain.map(UInt32.init) + (0..<68).map { 256 + UInt32($0) }
    var vocabulary = scalars.sorted().compactMap(Unicode.Scalar.init).map { String(Character($0)) }
    vocabulary += ["ab", "<|endoftext|>"]
    let entries = vocabulary.enumerated().map { id, name in
      let escaped = name == "\"" || name == "\\" ? "\\\(name)" : name
      return "\"\(escaped)\": \(id)"
    }
    let byteLevel =
      #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"#
    return Array(
      """
      {"added_tokens": [{"id": 257, "content": "<|endoftext|>", "single_word": false,
         "lstrip": \(addedFlag), "rstrip": false, "normalized": false, "special": true}],
       "normalizer": \(normalizer), "pre_tokenizer": \(preTokenizer ?? byteLevel),
       "post_processor": null, "decoder": \(byteLevel),
       "model": {"type": "BPE", "vocab": {\(entries.joined(separator: ", "))}, "merges": ["a b"]}}
      """.utf8)
  }

  @Test func partsAreReadAndWrittenBack() throws {
    let vocabulary = try ByteLevelVocabulary(description: Self.json(), path: "json")
    #expect(vocabulary.tokens.count == 258 && vocabulary.pattern == .gpt2)
    #expect(vocabulary.tokens[256].kind == .normal && vocabulary.tokens[257].kind == .control)
    #expect(vocabulary.merges == [.init(left: [0x61], right: [0x62])])
    #expect(vocabulary.endToken == 257 && vocabulary.startToken == nil)
    let written = vocabulary.tokenizerJSON()
    #expect(try ByteLevelVocabulary(description: written, path: "json") == vocabulary)
    let (first, second) = (
      try BytePairTokenizer(description: Self.json(), path: "json"),
      try BytePairTokenizer(description: written, path: "json")
    )
    for text in ["", "ab", "abab cab\n", "caf\u{E9}<|endoftext|>ab", "\u{0}\u{7F}"] {
      #expect(first.encode(text) == second.encode(text))
      #expect(second.decode(second.encode(text)) == first.decode(first.encode(text)))
    }
  }

  @Test func aStartTokenIsPutInFront() throws {
    var vocabulary = try ByteLevelVocabulary(description: Self.json(), path: "json")
    vocabulary.startToken = 257
    let tokenizer = try BytePairTokenizer(description: vocabulary.tokenizerJSON(), path: "json")
    #expect(tokenizer.startToken == 257)
  }

  @Test func otherStepsAreRefused() {
    let others = [
      Self.json(normalizer: #"{"type": "NFC"}"#), Self.json(addedFlag: "true"),
      Self.json(preTokenizer: #"{"type": "Digits", "individual_digits": true}"#), Array("{}".utf8),
      Array("no JSON".utf8),
    ]
    for json in others {
      #expect(throws: TokenizationError.self) {
        _ = try ByteLevelVocabulary(description: json, path: "json")
      }
    }
  }
}
