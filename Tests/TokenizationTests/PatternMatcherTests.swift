import Testing
import Tokenization

@Suite struct PatternMatcherTests {
  private func matches(
    _ pattern: String, _ text: String, _ language: PatternLanguage = .rust
  ) throws -> [String] {
    let matcher = try PatternMatcher(pattern, language)
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      var found: [String] = []
      var position = 0
      while let match = matcher.firstMatch(in: base, from: position, to: bytes.count) {
        found.append(String(decoding: bytes[match], as: UTF8.self))
        position = match.upperBound
      }
      return found
    }
  }

  @Test func earlierAlternativesWin() throws {
    #expect(try matches("a|ab", "ab") == ["a"])
    #expect(try matches("ab|a", "abaa") == ["ab", "a", "a"])
    #expect(try matches("a*?b|a", "aab") == ["aab"])
    #expect(try matches("(?:a|ab)(?:c|bcd)", "abcd") == ["abcd"])
    #expect(try matches("a{2,3}", "aaaaaaa") == ["aaa", "aaa"])
    #expect(try matches("a{2}", "aaaaa") == ["aa", "aa"])
    #expect(try matches("a{2,3}?", "aaaaa") == ["aa", "aa"])
    #expect(try matches("a+?", "aa") == ["a", "a"])
    #expect(try matches("[^a-c]+", "abxyc z") == ["xy", " z"])
    #expect(try matches(#"[\]\-x]+"#, "a]-xb") == ["]-x"])
    #expect(try matches(#"\x41\u0042\x{43}"#, "ABC") == ["ABC"])
    #expect(try matches("a.c", "abc a\nc") == ["abc"])
  }

  @Test func looksAtTheNextCharacter() throws {
    #expect(try matches(#"\s+(?!\S)|\s+"#, "a   b  ") == ["  ", " ", "  "])
    #expect(try matches("a(?=b)", "aab") == ["a"])
    #expect(try matches("a(?!b)", "aab") == ["a"])
    #expect(try matches("a$", "aba") == ["a"])
    #expect(try matches(#"\s++$|\s"#, "  a   ") == [" ", " ", "   "])
  }

  @Test func caseIsIgnoredAsUnicodeHasIt() throws {
    #expect(try matches("(?i:'s)", "'s'S'ſ'x") == ["'s", "'S", "'ſ"])
    #expect(try matches("(?i:k)k", "Kkkk") == ["Kk", "kk"])
    #expect(try matches("(?i:[ab])", "AbC") == ["A", "b"])
  }

  @Test func setsAreThoseOfUnicode16() throws {
    #expect(try matches(#"\p{Lu}"#, "aBÇǅΔ") == ["B", "Ç", "Δ"])
    #expect(try matches(#"\p{^L}|\PL"#, "a1é ") == ["1", " "])
    #expect(try matches(#"\w+"#, "aé_1\u{200D}½") == ["aé_1\u{200D}"])
    #expect(try matches(#"\w+"#, "aé_1\u{200D}½", .oniguruma) == ["aé_1", "½"])
    // Counted by tiktoken 0.14 and tokenizers 0.23, which agree about every code point.
    let counts = ["L": 141_028, "N": 1_911, "Lu": 1_858, "M": 2_501, "P": 855, "S": 8_514]
    for (name, count) in counts {
      let set = try #require(CodePointSets.category(name))
      #expect(set.ranges.reduce(0) { $0 + $1.count } == count, "\(name)")
    }
    #expect(CodePointSets.wordCharacters.ranges.reduce(0) { $0 + $1.count } == 144_667)
    #expect(CodePointSets.numericCharacters.ranges.reduce(0) { $0 + $1.count } == 1_924)
    #expect(CodePointSets.whitespace.ranges.reduce(0) { $0 + $1.count } == 25)
  }

  @Test func setsAreSets() {
    var random = SplitMix(state: 5)
    for _ in 0..<200 {
      func some() -> CodePointSet {
        CodePointSet(
          (0..<random.below(6)).map { _ in
            let low = UInt32(random.below(60))
            return low...(low + UInt32(random.below(9)))
          })
      }
      let (a, b) = (some(), some())
      for value in 0..<UInt32(80) {
        #expect(a.inverted.contains(value) == !a.contains(value))
        #expect(a.union(b).contains(value) == (a.contains(value) || b.contains(value)))
        #expect(a.subtracting(b).contains(value) == (a.contains(value) && !b.contains(value)))
      }
      #expect(
        a.isDisjoint(with: b) == !(0..<UInt32(80)).contains { a.contains($0) && b.contains($0) })
      #expect(a.inverted.inverted == a)
    }
  }

  /// The sizes of the state machines: they would not fit a limit if one grew without notice.
  @Test func publishedPatternsAreSmall() throws {
    for pattern in PreTokenizationPattern.allCases {
      #expect(try PatternMatcher(pattern.expression, .rust).stateCount < 60, "\(pattern)")
    }
  }

  @Test(arguments: [
    ("a*", 0), ("(a", 2), ("a)", 1), ("[a", 2), ("[]", 1), ("a**", 2), ("*a", 0), ("(?<=a)b", 1),
    (#"\p{Latin}"#, 2), (#"\q"#, 0), ("a{3,2}", 6), ("a{999}", 5), ("a++a", 0), ("(?i:é)", 5),
    ("(?=ab)c", 3), ("(a?)*b", 4), ("^a", 0), (#"\s++(?!\S)"#, 0), ("[a&&b]", 2), ("(a++)b", 1),
  ])
  func unsupportedPatternsSayWhere(_ pattern: String, _ offset: Int) {
    let error = #expect(throws: PatternError.self) { try PatternMatcher(pattern, .rust) }
    #expect(error?.offset == offset, "\(pattern): \(String(describing: error))")
  }

  @Test func languagesDiffer() {
    #expect(throws: PatternError.self) { try PatternMatcher("a$", .oniguruma) }
    #expect(throws: PatternError.self) { try PatternMatcher("a{1,3}+", .oniguruma) }
    #expect(throws: Never.self) { try PatternMatcher("a{1,3}+", .rust) }
  }

  @Test func hugePatternsAreRefused() {
    #expect(throws: PatternError.self) { try PatternMatcher("(?:a{200}){200}", .rust) }
    #expect(throws: PatternError.self) { try PatternMatcher("(?:[ab]*a[ab]{14})c", .rust) }
    #expect(throws: PatternError.self) {
      try PatternMatcher(String(repeating: "(", count: 5_000) + "a", .rust)
    }
  }
}
