import Terminal
import Testing

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("ｱ", 1), ("Ａ", 2), ("한", 2),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("👩‍👩‍👧", 2), ("🇫🇷", 2), ("❤", 1), ("❤\u{FE0F}", 2),
    ("a\u{200B}b", 2),
    ("━╸─⠿", 4), ("…—", 2), ("\u{7}", 0),
  ])
  func countsColumns(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test func truncatesAtGraphemes() {
    #expect(DisplayWidth.truncated("abcdef", to: 6) == "abcdef")
    #expect(DisplayWidth.truncated("abcdef", to: 5) == "abcd…")
    #expect(DisplayWidth.truncated("abcdefgh", to: 6, at: .middle) == "abc…gh")
    // Half of a wide character does not fit, so a column stays empty.
    #expect(DisplayWidth.truncated("日本語", to: 4) == "日…")
    #expect(DisplayWidth.truncated("e\u{301}e\u{301}e\u{301}", to: 2) == "e\u{301}…")
    #expect(DisplayWidth.truncated("abc", to: 0) == "")
    #expect(DisplayWidth.truncated("abcdef", to: 2, marker: "...") == "ab")
  }

  @Test func defusesControls() {
    #expect(DisplayWidth.printable("a\u{1B}[31mb\r\n") == "a\u{FFFD}[31mb\u{FFFD}\u{FFFD}")
    #expect(DisplayWidth.printable("x\u{202E}y\u{9B}") == "x\u{FFFD}y\u{FFFD}")
    #expect(DisplayWidth.printable("日本 e\u{301}") == "日本 e\u{301}")
  }

  @Test func wrapsAtSpaces() {
    #expect(DisplayWidth.wrapped("one two three", to: 7) == ["one two", "three"])
    #expect(DisplayWidth.wrapped("abcdefgh i", to: 3) == ["abc", "def", "gh", "i"])
    #expect(DisplayWidth.wrapped("", to: 3) == [])
    // A wide character in one column: no endless loop.
    #expect(DisplayWidth.wrapped("日", to: 1) == ["日"])
  }
}
