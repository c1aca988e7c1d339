import Corpora
import Foundation
import Testing

struct TextProfileTests {
  func profile(_ text: String) -> TextProfile {
    var text = text
    return text.withUTF8 { TextProfile(of: $0) }
  }

  @Test(arguments: [
    ("latin", "Straße, naïve ﬁancé Ǆ"), ("cyrillic", "Привет, мир"), ("greek", "Ἑλλάδα καλημέρα"),
    ("han", "漢字々〇"), ("kana", "ひらがなカタカナｶﾅー"), ("hangul", "한국어"), ("arabic", "مرحبا"),
    ("devanagari", "नमस्ते"), ("hebrew", "שלום"), ("thai", "สวัสดี"), ("other", "ქართული հայ አማርኛ"),
    ("common", "12 + 3 = “15” — … 😀 \u{301} ½ ﹪ \u{feff}"),
  ])
  func scriptsAreToldApart(name: String, text: String) throws {
    let system = try #require(WritingSystem(rawValue: name))
    let profile = profile(text)
    let letters = WritingSystem.allCases.filter { $0 != .common && profile[$0] > 0 }
    #expect(letters == (system == .common ? [] : [system]))
    #expect(profile[system] > 0)
    #expect(WritingSystem.allCases.reduce(0) { $0 + profile[$1] } == text.unicodeScalars.count)
  }

  /// Every character's script is that of its block, as the standard library's names begin.
  @Test func blocksAgreeWithNames() {
    let prefixes: [(String, WritingSystem)] = [
      ("LATIN SMALL LETTER", .latin), ("LATIN CAPITAL LETTER", .latin),
      ("CYRILLIC SMALL LETTER", .cyrillic), ("CYRILLIC CAPITAL LETTER", .cyrillic),
      ("GREEK SMALL LETTER", .greek), ("GREEK CAPITAL LETTER", .greek),
      ("HIRAGANA LETTER", .kana), ("KATAKANA LETTER", .kana), ("HANGUL CHOSEONG", .hangul),
      ("HANGUL JUNGSEONG", .hangul), ("ARABIC LETTER", .arabic),
      ("DEVANAGARI LETTER", .devanagari), ("HEBREW LETTER", .hebrew), ("THAI CHARACTER", .thai),
      ("CJK COMPATIBILITY IDEOGRAPH", .han), ("GEORGIAN LETTER", .other),
      ("ARMENIAN SMALL LETTER", .other), ("TAMIL LETTER", .other), ("FULLWIDTH DIGIT", .common),
    ]
    // Letters whose blocks are not their script's own; none is in everyday use.
    let strays: Set<WritingSystem> = [.latin, .cyrillic, .greek, .arabic]
    var (checked, stray) = (0, 0)
    for value in (0x20...0xFFFF) as ClosedRange<UInt32> {
      guard let scalar = Unicode.Scalar(value), let name = scalar.properties.name,
        let system = prefixes.first(where: { name.hasPrefix($0.0) })?.1
      else { continue }
      checked += 1
      let found = WritingSystem(ofScalar: value)
      if found != system {
        stray += 1
        #expect(strays.contains(system), "\(name): \(found), not \(system)")
      }
    }
    #expect(checked > 3_500 && stray < 60, "\(stray) of \(checked)")
  }

  /// Counted by the standard library, a scalar at a time.
  func slow(_ text: String) -> [Int] {
    let spaces: Set<UInt32> = Set(
      Array(0x09...0x0D) + Array(0x1C...0x20) + [0x85, 0xA0, 0x1680] + Array(0x2000...0x200A)
        + [0x2028, 0x2029, 0x202F, 0x205F, 0x3000])
    let scalars = text.unicodeScalars
    return [
      text.utf8.count, scalars.count, scalars.count { $0.isASCII },
      scalars.count { ("0"..."9").contains($0) }, scalars.count { spaces.contains($0.value) },
      scalars.split { spaces.contains($0.value) }.count,
      scalars.count { $0.isASCII && $0.properties.isAlphabetic },
    ]
  }

  func counts(_ profile: TextProfile) -> [Int] {
    [
      profile.bytes, profile.characters, profile.asciiCharacters, profile.digits,
      profile.whiteSpace, profile.words, profile[.latin],
    ]
  }

  @Test func countsAgreeWithASlowCountWhereverStretchesEnd() {
    var generator = TestGenerator(state: 4)
    let alphabet = Array("abcXYZ019 \t\n.,é語\u{3000}😀\u{85}\u{1c}".unicodeScalars)
    for round in 0..<300 {
      var text = ""
      let ascii = alphabet.filter(\.isASCII)
      for index in 0..<Int.random(in: 0..<400, using: &generator) {
        let letters = index % 150 < 110 && round % 2 == 0 ? ascii : alphabet
        text.unicodeScalars.append(letters[Int.random(in: 0..<letters.count, using: &generator)])
      }
      var expected = slow(text)
      expected[6] += text.unicodeScalars.count { $0 == "é" }
      #expect(counts(profile(text)) == expected)

      var parts = TextProfile()
      var rest = Array(text.unicodeScalars)[...]
      while !rest.isEmpty {
        let count = min(rest.count, Int.random(in: 1..<90, using: &generator))
        var part = String(String.UnicodeScalarView(rest.prefix(count)))
        part.withUTF8 { parts.add($0) }
        rest = rest.dropFirst(count)
      }
      #expect(counts(parts) == expected)
    }
  }

  @Test func sharesAndMeans() {
    let empty = TextProfile()
    #expect([empty.asciiShare, empty.meanWordLength] == [0, 0])
    #expect(empty.writingSystems.isEmpty)
    let text = profile("ab 12 éé мира1")
    let wanted: [Double] = [8.0 / 14, 3.0 / 14, 3.0 / 14, 11.0 / 4]
    #expect(
      [text.asciiShare, text.digitShare, text.whiteSpaceShare, text.meanWordLength] == wanted)
    // As many of one as of the other: then by name.
    #expect(text.writingSystems.map(\.system) == [.cyrillic, .latin])
    #expect(text.writingSystems.map(\.share) == [0.5, 0.5])
    #expect(profile("ab б").writingSystems.map(\.characters) == [2, 1])
  }

  @Test func hostileTexts() {
    #expect(counts(profile("")) == [0, 0, 0, 0, 0, 0, 0])
    let count = 10_000_000
    #expect(
      counts(profile(String(repeating: "a", count: count)))
        == [count, count, count, 0, 0, 1, count])
    #expect(profile(String(repeating: " ", count: count)).words == 0)
    #expect(profile(String(repeating: "\0", count: 1_000))[.common] == 1_000)
  }
}
