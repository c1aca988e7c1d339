import Generation
import Testing

@Suite struct StopTextsTests {
  /// What comes out for a text given in pieces, and whether a stop text came.
  private static func run(
    _ pieces: [String], stopping texts: [String]
  ) throws -> (shown: [String], isFound: Bool) {
    var stops = try StopTexts(texts)
    var shown: [String] = []
    for piece in pieces {
      let (text, isFound) = stops.append(piece)
      shown.append(text)
      if isFound { return (shown, true) }
    }
    shown.append(stops.finish())
    return (shown, false)
  }

  @Test func withoutAnyNothingIsHeldBack() throws {
    #expect(try Self.run(["a", "b"], stopping: []).shown == ["a", "b", ""])
  }

  @Test func oneThatSpansPieces() throws {
    let outcome = try Self.run(["one\n", "\nUs", "er: two"], stopping: ["\nUser:"])
    #expect(outcome.shown == ["one", "\n", ""])
    #expect(outcome.isFound)
  }

  @Test func whatDoesNotBecomeOneIsShownLater() throws {
    let outcome = try Self.run(["ab", "ab", "c", "ab"], stopping: ["ababd"])
    #expect(outcome.shown == ["", "", "ababc", "", "ab"])
    #expect(!outcome.isFound)
  }

  @Test func theFirstThatEndsDecidesAndTheLongestOfThoseIsCut() throws {
    #expect(try Self.run(["xabcd"], stopping: ["abcd", "bc"]).shown == ["xa"])
    #expect(try Self.run(["xabcd"], stopping: ["cd", "abcd", "d"]).shown == ["x"])
    #expect(try Self.run(["abab"], stopping: ["b"]).shown == ["a"])
  }

  /// "é" and "è" begin with the same byte: characters stay whole.
  @Test func charactersStayWhole() throws {
    let outcome = try Self.run(["caf", "è", "é", "!"], stopping: ["é!"])
    #expect(outcome.shown == ["caf", "è", "", ""])
    #expect(outcome.isFound)
    #expect(try Self.run(["a🌱"], stopping: ["🌱"]).shown == ["a"])
  }

  @Test func anEmptyOneIsRefused() throws {
    #expect(throws: GenerationError.emptyStopText) { try Self.run([], stopping: ["a", ""]) }
  }

  /// Against a search through the whole text, over every way of small alphabets to go wrong.
  @Test func asASearchThroughTheWholeText() throws {
    var state: UInt64 = 1
    func below(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    func text(_ most: Int) -> String { String((0...below(most)).map { _ in "ab".randomCharacter(below(2)) }) }
    for _ in 0..<2_000 {
      let stops = (0...below(3)).map { _ in text(4) }
      let pieces = (0..<8).map { _ in text(3) }
      let outcome = try Self.run(pieces, stopping: stops)
      let whole = pieces.joined()
      // The earliest end; of the stop texts that end there, the longest.
      var expected = whole
      var isFound = false
      search: for end in 1...whole.count {
        for stop in stops.sorted(by: { $0.count > $1.count })
        where whole.prefix(end).hasSuffix(stop) {
          expected = String(whole.prefix(end - stop.count))
          isFound = true
          break search
        }
      }
      #expect(outcome.shown.joined() == expected, "\(pieces) \(stops)")
      #expect(outcome.isFound == isFound)
    }
  }
}

extension String {
  fileprivate func randomCharacter(_ index: Int) -> Character {
    self[self.index(startIndex, offsetBy: index)]
  }
}
