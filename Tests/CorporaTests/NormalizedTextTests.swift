import Corpora
import Testing

struct NormalizedTextTests {
  /// What Python gives for the harness's `word_ngrams(normalize_string(text), 1)`.
  static let words: [(String, [String])] = [
    ("", []), ("   ", []), ("...", []), ("Hello, World!", ["hello", "world"]),
    ("Don't  stop - now", ["dont", "stop", "now"]),
    (
      "a\u{a0}b\u{2003}c\u{3000}d\u{85}e\u{2028}f\u{202f}g\u{205f}h\u{1680}i",
      ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
    ),
    ("ÉCOLE École", ["École", "École"]), ("x\u{200b}y", ["x\u{200b}y"]),
    ("\u{1c}A\u{1f} B\u{b}C\u{c}", ["a", "b", "c"]), ("日本 語、です。", ["日本", "語、です。"]),
    ("“Quoted”—dash", ["“quoted”—dash"]), ("a_b^c`d~e|f 1.5%", ["abcdef", "15"]),
    ("¡Hola! ¿Qué?", ["¡hola", "¿qué"]), ("\u{2000}", []),
    ("tab\tnew\r\nline", ["tab", "new", "line"]), ("’s … ‰", ["’s", "…", "‰"]),
    ("\u{feff}bom", ["\u{feff}bom"]), ("a\0b \u{1} \u{2}", ["a\0b", "\u{1}", "\u{2}"]),
  ]

  func hashes(_ text: String) -> [UInt64] {
    var text = text
    return text.withUTF8 { wordHashes(of: $0) }
  }

  @Test(arguments: words)
  func wordsAreTheHarnesss(text: String, expected: [String]) {
    #expect(hashes(text) == expected.flatMap { hashes($0) })
    #expect(hashes(text).count == expected.count)
  }

  /// SlimPajama's `get_features` joins the same words by single spaces, but for what Python's `\s`
  /// and `split` see differently, which is nothing here.
  @Test(arguments: words)
  func charactersAreSlimPajamas(text: String, words: [String]) {
    var text = text
    let characters = text.withUTF8 { normalizedCharacters(of: $0) }
    #expect(characters == words.joined(separator: " ").unicodeScalars.map(\.value))
  }

  @Test func differentWordsHashDifferently() {
    let words = (0..<100_000).map { String($0, radix: 36) }
    #expect(Set(hashes(words.joined(separator: " "))).count == 100_000)
    #expect(hashes("ab ba a b") == ["ab", "ba", "a", "b"].flatMap { hashes($0) })
    #expect(Set(hashes("\u{0} \u{1} \u{2} \u{3} ø ù ú")).count == 7)
  }

  /// Words are hashed eight bytes at a time: where they begin, and where punctuation and letters
  /// beyond ASCII cut them, must not show.
  @Test func punctuationAndPlaceDoNotChangeAHash() {
    var generator = TestGenerator(state: 1)
    func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
    let letters = Array("abcxyzABCXYZ0189éñ語😀\u{7f}\u{0}".unicodeScalars)
    for _ in 0..<500 {
      var (plain, marked) = ("", String(repeating: " ", count: random(9)))
      for _ in 0..<1 + random(6) {
        for _ in 0..<1 + random(30) {
          let letter = letters[random(letters.count)]
          plain.unicodeScalars.append(letter)
          if random(4) == 0 { marked += ["-", "'", "@[", "{`~"][random(4)] }
          let isASCII = letter.isASCII && random(2) == 0
          marked += isASCII ? String(letter).uppercased() : String(letter)
        }
        plain += " "
        marked += ["\t", " - ", "\u{a0}", ".\r\n"][random(4)]
      }
      #expect(hashes(marked) == plain.split(separator: " ").map { hashes(String($0))[0] })
      #expect(hashes(String(marked.dropLast())) == hashes(plain))
    }
  }

  /// The published vectors of XXH3 (xxHash, `tests/sanity_test_vectors.h`, seed 0, and its README).
  @Test func contentHashIsXXH3() {
    func hash(_ text: String) -> UInt64 { Array(text.utf8).withUnsafeBytes { contentHash($0) } }
    #expect(hash("") == 0x2d06_8005_38d3_94c2)
    #expect(hash("abc") == 0x78af_5f94_892f_3950)
  }
}
