import Testing
import Tokenization

/// The scanner of 64 bytes at a time against the matcher, one word after another.
@Suite struct WordScannerTests {
  private func wordEnds(_ text: [UInt8], _ matcher: PatternMatcher) -> [Int32] {
    text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      var ends: [Int32] = []
      var position = 0
      while position < text.count {
        let end = matcher.matchEnd(in: base, from: position, to: text.count)
        guard end > position else { break }
        ends.append(Int32(end))
        position = end
      }
      return ends
    }
  }

  private func scanned(_ text: [UInt8], _ scanner: WordScanner) -> [Int32] {
    let padded = text + [UInt8](repeating: 0, count: 64)
    return padded.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      var ends = [Int32](repeating: 0, count: text.count + WordScanner.margin)
      var all: [Int32] = []
      var position = 0
      while position < text.count {
        let words = ends.withUnsafeMutableBufferPointer { target in
          scanner.fill(target.baseAddress!, limit: 16, text: base, from: position, to: text.count)
        }
        all += ends[..<words.count]
        position = words.position
      }
      return all
    }
  }

  @Test(arguments: PreTokenizationPattern.allCases)
  func agreesWithTheMatcher(_ pattern: PreTokenizationPattern) throws {
    let matcher = try PatternMatcher(pattern.expression, .rust)
    let scanner = WordScanner(pattern, matcher)
    let units = [
      "a", "B", "the", " ", " ", "  ", "\n", "\r\n", "\t", "'s", "'S", "'LL", "'re", "'ſ", "''",
      "'x",
      "1", "23", "4567", "!", "?!", "\"", "_", "é", "ß", "Ж", "水", "\u{A0}", "\u{3000}", "\u{2028}",
      "\u{301}", "½", "😀", "\u{0}", "\u{1C}", "\u{85}", "K", "/",
    ]
    var random = SplitMix(state: 11)
    for round in 0..<6_000 {
      // Some texts of ASCII, some of few units, some of all.
      let few = (0..<(1 + random.below(4))).map { _ in units[random.below(units.count)] }
      let choice = round % 3 == 0 ? Array(units[..<26]) : round % 3 == 1 ? few : units
      var text: [UInt8] = []
      for _ in 0..<random.below(120) { text += choice[random.below(choice.count)].utf8 }
      let expected = wordEnds(text, matcher)
      #expect(expected.last ?? 0 == Int32(text.count))
      #expect(
        scanned(text, scanner) == expected,
        "\(String(decoding: text, as: UTF8.self).debugDescription)")
    }
  }
}
