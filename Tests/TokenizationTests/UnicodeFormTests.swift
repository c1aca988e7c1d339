import Testing
import Tokenization

@Suite struct UnicodeFormTests {
  private func text(_ form: UnicodeForm, _ text: String) -> [UInt32] {
    String(decoding: form.applied(to: Array(text.utf8)), as: UTF8.self).unicodeScalars.map(\.value)
  }

  /// Examples of UAX #15 and of tokenizers 0.23.
  @Test func examples() {
    #expect(text(.nfd, "Å") == [0x41, 0x30A])
    #expect(text(.nfc, "A\u{30A}") == [0xC5])
    #expect(text(.nfc, "\u{212B}") == [0xC5])
    #expect(text(.nfd, "\u{1E69}") == [0x73, 0x323, 0x307])
    #expect(text(.nfc, "s\u{307}\u{323}") == [0x1E69])
    #expect(text(.nfc, "\u{1E0B}\u{323}") == [0x1E0D, 0x307])
    #expect(text(.nfkc, "ﬁ²①㌔") == Array("fi21キロ".unicodeScalars.map(\.value)))
    #expect(text(.nfkd, "\u{1E9B}\u{323}") == [0x73, 0x323, 0x307])
    #expect(text(.nfkc, "\u{1E9B}\u{323}") == [0x1E69])
    #expect(text(.nfd, "각") == [0x1100, 0x1161, 0x11A8])
    #expect(text(.nfc, "\u{1100}\u{1161}\u{11A8}") == [0xAC01])
    #expect(text(.nfc, "가\u{11A8}\u{11A8}") == [0xAC01, 0x11A8])
    // Composition exclusions and marks that block.
    #expect(text(.nfc, "\u{958}") == [0x915, 0x93C])
    #expect(text(.nfc, "a\u{327}\u{301}") == [0xE1, 0x327])
    #expect(text(.nfc, "a\u{301}\u{301}") == [0xE1, 0x301])
    #expect(text(.nfc, "\u{344}") == [0x308, 0x301])
    // Later than the Unicode 9.0 that Hugging Face's library has.
    #expect(text(.nfkc, "\u{32FF}") == [0x32FF])
  }

  @Test func lowercase() {
    #expect(Lowercase.applied(to: Array("ABC-Z".utf8)) == Array("abc-z".utf8))
    #expect(Lowercase.applied(to: Array("ÀΣİǅẞ".utf8)) == Array("àσi\u{307}ǆß".utf8))
    #expect(Lowercase.applied(to: [0x41, 0xFF]) == [0x61, 0xFF])
  }

  /// A form of a form is itself, and composing undoes decomposing.
  @Test func formsAreStable() {
    var random = SplitMix(state: 9)
    let ranges: [ClosedRange<UInt32>] = [
      0x41...0x7A, 0xC0...0x24F, 0x300...0x345, 0x1E00...0x1EFF, 0x900...0x97F, 0x1100...0x11FF,
      0xAC00...0xAC40, 0xF900...0xFA6D, 0xFB00...0xFB4F, 0xFF00...0xFFEF, 0x1D15E...0x1D1C0,
    ]
    for _ in 0..<2_000 {
      var input = String.UnicodeScalarView()
      for _ in 0..<random.below(12) {
        let range = ranges[random.below(ranges.count)]
        let value = range.lowerBound + UInt32(random.below(range.count))
        if let scalar = Unicode.Scalar(value) { input.append(scalar) }
      }
      let bytes = Array(String(input).utf8)
      let (nfc, nfd) = (UnicodeForm.nfc.applied(to: bytes), UnicodeForm.nfd.applied(to: bytes))
      for form in UnicodeForm.allCases {
        let once = form.applied(to: bytes)
        #expect(form.applied(to: once) == once)
        #expect(form.applied(to: nfc) == once)
        #expect(form.applied(to: nfd) == once)
      }
      #expect(UnicodeForm.nfc.applied(to: nfd) == nfc)
      #expect(UnicodeForm.nfd.applied(to: nfc) == nfd)
    }
  }
}
