import Testing
import Tokenization

struct ShortWordCacheTests {
  /// Three times as many words as there is room for, so that every place is taken over and over.
  @Test func wordsThatPushOthersOut() throws {
    let model = try BytePairTrainerTests.trainer(byteFallback: true).train(
      BytePairTrainerTests.documents)
    let used = try SentencePieceTokenizer(model)
    var random = SplitMix(state: 5)
    let letters = Array("aeilnrstdw".utf8)
    func word() -> [UInt8] {
      [0x20] + (0..<(1 + random.below(17))).map { _ in letters[random.below(letters.count)] }
    }
    let texts = (0..<2_000).map { _ in (0..<100).flatMap { _ in word() } }
    let first = texts.map { used.encode($0) }
    let second = texts.map { used.encode($0) }
    #expect(first == second)
    for (text, tokens) in zip(texts, first).prefix(20) {
      #expect(try SentencePieceTokenizer(model).encode(text) == tokens)
    }
    #expect(used.decodeBytes(first[7]) == texts[7])
  }

  /// Words of one to sixteen bytes, the last of which is too long, with zeros among their bytes.
  @Test(arguments: [true, false])
  func everyLength(byteFallback: Bool) throws {
    let model = try BytePairTrainerTests.trainer(byteFallback: byteFallback).train(
      BytePairTrainerTests.documents)
    let used = try SentencePieceTokenizer(model)
    let texts = (0..<17).flatMap { count in
      ["s", "\u{0}", "é", "中"].map { " the" + String(repeating: $0, count: count) + " the" }
    }
    for _ in 0..<3 {
      for text in texts {
        #expect(try SentencePieceTokenizer(model).encode(text) == used.encode(text), "\(text)")
      }
    }
  }
}
