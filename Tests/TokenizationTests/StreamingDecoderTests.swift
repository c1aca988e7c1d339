import Testing
import Tokenization

struct StreamingDecoderTests {
  private let tokenizer: SentencePieceTokenizer

  init() throws {
    tokenizer = try SentencePieceTokenizer(
      BytePairTrainerTests.trainer(byteFallback: true).train(BytePairTrainerTests.documents))
  }

  /// The ids of byte pieces start at 3.
  private func bytes(_ values: [UInt8]) -> [Int32] { values.map { Int32($0) + 3 } }

  @Test func wholeCharactersOnly() {
    var decoder = StreamingDecoder(tokenizer)
    let parts = (tokenizer.encode("the 🌱é") + [2]).map { decoder.append($0) }
    #expect(parts == ["the", " ", "", "", "", "🌱", "é", ""])
    #expect(decoder.finish() == "")
  }

  @Test func brokenCharacters() {
    var decoder = StreamingDecoder(tokenizer)
    #expect(bytes([0xE4, 0xB8, 0x41]).map { decoder.append($0) } == ["", "", "\u{FFFD}\u{FFFD}A"])
    #expect(bytes([0xC0, 0x80]).map { decoder.append($0) } == ["\u{FFFD}", "\u{FFFD}"])
    #expect(bytes([0xED, 0xA0]).map { decoder.append($0) } == ["", "\u{FFFD}\u{FFFD}"])
    // A control token ends what was left incomplete; the rest of it stands alone.
    #expect(
      (bytes([0xE4, 0xB8]) + [2] + bytes([0xAD])).map { decoder.append($0) }
        == ["", "", "\u{FFFD}\u{FFFD}", "\u{FFFD}"])
    #expect(bytes([0xF0, 0x9F]).map { decoder.append($0) } == ["", ""])
    #expect(decoder.finish() == "\u{FFFD}\u{FFFD}")
    #expect(decoder.finish() == "")
  }

  @Test func sameAsDecodingAtOnce() {
    var random = SplitMix(state: 3)
    for _ in 0..<300 {
      let tokens = (0..<random.below(30)).map { _ in
        Int32(random.below(random.below(2) == 0 ? 262 : 350))
      }
      var decoder = StreamingDecoder(tokenizer)
      var text = ""
      for token in tokens { text += decoder.append(token) }
      text += decoder.finish()
      #expect(Array(text.utf8) == Array(tokenizer.decode(tokens).utf8))
    }
  }

  /// What the sentencepiece library (0.2.3) decodes these ids to.
  @Test func replacementsOfTheReference() {
    #expect(tokenizer.decode(bytes([0xE4, 0xB8]) + [262]) == "\u{FFFD}\u{FFFD} the")
    #expect(
      tokenizer.decode(bytes([0xE4, 0xB8]) + [2] + bytes([0xAD])) == "\u{FFFD}\u{FFFD}\u{FFFD}")
    #expect(tokenizer.decode(bytes([0xF0, 0x9F, 0x8C, 0x28])) == "\u{FFFD}\u{FFFD}\u{FFFD}(")
  }
}
