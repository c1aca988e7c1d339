import Corpora
import Testing

struct CharacterCountTests {
  /// Lengths that Python gives for
  /// `re.sub(r"\s+", " ", t.lower().translate(str.maketrans("", "", string.punctuation)).strip())`.
  static let lengths: [(String, Int)] = [
    ("", 0), ("   ", 0), ("Hello, World!", 11), (" a , b ", 3), ("a\n\n\t b", 3), ("...!?", 0),
    ("a . . b", 3), ("İstanbul", 9), ("naïve café", 10), ("x\u{a0}\u{2003}y", 3),
    ("\u{3000}日本 語\u{3000}", 4), ("a\u{1c}b\u{85}c", 5), ("zero\u{200b}width", 10),
    ("😀 😀", 3), ("“quoted”—dash", 13), ("a_b^c`d~e|f", 6),
    ("\u{1680}A\u{2028}B\u{2029}C\u{202f}D\u{205f}E", 9), ("ǅ ß Σς", 6), ("tab\u{b}\u{c}end. ", 7),
  ]

  @Test(arguments: lengths)
  func countsAsTheReferenceDoes(text: String, length: Int) {
    let bytes = Array(text.utf8)
    let count = bytes.withUnsafeBufferPointer { normalizedCharacterCount(of: $0, upTo: .max) }
    #expect(count == length)
    for limit in 0...length {
      #expect(
        bytes.withUnsafeBufferPointer { normalizedCharacterCount(of: $0, upTo: limit) } == limit)
    }
  }
}
