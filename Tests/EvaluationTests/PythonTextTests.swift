import Evaluation
import Testing

/// Expected values are CPython 3's.
@Suite struct PythonTextTests {
  @Test(
    arguments: [
      ("hELLO World", "Hello world"), ("\u{1C6} abc", "\u{1C5} abc"), ("ß", "Ss"),
      ("ΑΣ ΟΔΟΣ", "Ας οδος"), ("\u{130}X", "\u{130}x"), ("", ""), ("éCOLE", "École"),
      ("\u{149}A", "\u{2BC}Na"), ("Σ", "Σ"),
    ])
  func capitalizing(text: String, expected: String) {
    #expect(Array(PythonText.capitalizing(text).utf8) == Array(expected.utf8))
  }

  @Test func whitespaceIsPythons() {
    let spaces: [UInt32] =
      Array(0x09...0x0D) + Array(0x1C...0x20) + [0x85, 0xA0, 0x1680] + Array(0x2000...0x200A)
      + [0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
    let found = (UInt32(0)...0x10FFFF).filter { value in
      Unicode.Scalar(value).map(PythonText.isWhitespace) ?? false
    }
    #expect(found == spaces)
  }

  @Test func strippingKeepsCombiningMarks() {
    #expect(Array(PythonText.stripping(" \u{301}a\r\n").utf8) == Array("\u{301}a".utf8))
    let (text, whitespace) = PythonText.splittingTrailing("a \u{3000}\n")
    #expect(text == "a")
    #expect(whitespace == " \u{3000}\n")
    #expect(PythonText.length("e\u{301}🏴‍☠️") == 6)
  }
}
