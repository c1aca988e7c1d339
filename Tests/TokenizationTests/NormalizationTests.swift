import Testing
import Tokenization

struct NormalizationTests {
  private func nfc(_ text: String) -> [UInt8] { Normalization.nfc.applied(to: Array(text.utf8)) }

  /// Expected values are those of Python's unicodedata.normalize("NFC", …), Unicode 14.
  @Test(
    arguments: [
      ("", ""),
      ("plain ASCII text, longer than a word", "plain ASCII text, longer than a word"),
      ("cafe\u{301}", "caf\u{E9}"),
      ("12345678e\u{301}12345678", "12345678\u{E9}12345678"),
      ("\u{301}e", "\u{301}e"),
      ("\u{C5}\u{212B}A\u{30A}", "\u{C5}\u{C5}\u{C5}"),
      ("\u{1100}\u{1161}\u{11A8}", "\u{AC01}"),
      ("\u{AC00}\u{11A8}", "\u{AC01}"),
      ("\u{304B}\u{3099}", "\u{304C}"),
      ("a\u{323}\u{307}x", "\u{1EA1}\u{307}x"),
      ("a\u{307}\u{323}", "\u{1EA1}\u{307}"),
      ("\u{2126}\u{F900}", "\u{3A9}\u{8C48}"),
      ("\u{958}", "\u{915}\u{93C}"),
      ("\u{FFA}\u{30F}\u{F73}", "\u{FFA}\u{F71}\u{F72}\u{30F}"),
      ("“quotes” — и слово 中文 \u{1F331}", "“quotes” — и слово 中文 \u{1F331}"),
    ])
  func composes(text: String, expected: String) {
    #expect(nfc(text) == Array(expected.utf8))
    #expect(Normalization.none.applied(to: Array(text.utf8)) == Array(text.utf8))
  }

  @Test func invalidBytesStay() {
    #expect(
      Normalization.nfc.applied(to: [0x65, 0xCC, 0x81, 0xFF, 0x65, 0xCC, 0x81, 0xE4, 0xB8])
        == [0xC3, 0xA9, 0xFF, 0xC3, 0xA9, 0xE4, 0xB8])
    #expect(Normalization.nfc.applied(to: [0xCC, 0xFF, 0xCC, 0x81]) == [0xCC, 0xFF, 0xCC, 0x81])
  }

  /// Each code point beside one that a mark could join or cross, against the whole text at once.
  @Test func aloneAndTogether() {
    let all = (0..<UInt32(0x3_0000)).compactMap { Unicode.Scalar($0) }
    for scalar in all {
      let text = "e\(Character(scalar))\u{323}"
      let once = nfc(text)
      #expect(Normalization.nfc.applied(to: once) == once, "\(scalar.value)")
    }
  }

  /// Sorting the marks of one letter must not be quadratic.
  @Test func manyMarks() {
    let text = "a" + String(repeating: "\u{301}\u{323}", count: 50_000)
    #expect(nfc(text).count == Array("\u{1EA1}".utf8).count + 2 * 99_999)
  }
}
