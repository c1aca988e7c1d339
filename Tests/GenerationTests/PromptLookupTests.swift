import Generation
import Testing

@Suite struct PromptLookupTests {
  private static func proposal(_ tokens: [Int32], count: Int = 4) -> [Int32] {
    var lookup = PromptLookup(capacity: 8)
    for token in tokens { lookup.append(token) }
    var draft: [Int32] = []
    lookup.propose(count, into: &draft)
    return draft
  }

  @Test func theLongestRunDecides() {
    #expect(Self.proposal([1, 2, 3, 9, 8, 7, 3, 5, 1, 2, 3]) == [9, 8, 7, 3])
    #expect(Self.proposal([6, 2, 3, 9, 8, 7, 3, 5, 1, 2, 3], count: 2) == [9, 8])
    #expect(Self.proposal([7, 3, 5, 1, 2, 4, 3]) == [5, 1, 2, 4])
  }

  @Test func theLatestOfThemDecides() {
    #expect(Self.proposal([1, 2, 3, 1, 2, 4, 1, 2]) == [4, 1, 2])
  }

  @Test func aRepetitionGoesOn() {
    #expect(Self.proposal([5, 5, 5]) == [5])
  }

  @Test func whatNeverCameHasNoGuess() {
    #expect(Self.proposal([]) == [])
    #expect(Self.proposal([1]) == [])
    #expect(Self.proposal([1, 2, 3, 4]) == [])
  }

  /// Against a search through the whole text from its end.
  @Test func asASearchThroughTheWholeText() {
    var state: UInt64 = 7
    var tokens: [Int32] = []
    var lookup = PromptLookup(capacity: 500)
    for _ in 0..<500 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      tokens.append(Int32(state >> 33) % 5)
      lookup.append(tokens[tokens.count - 1])
      var draft: [Int32] = []
      lookup.propose(6, into: &draft)
      var expected: [Int32] = []
      search: for length in stride(from: min(3, tokens.count), through: 1, by: -1) {
        for end in stride(from: tokens.count - 1, through: length, by: -1)
        where tokens[end - length..<end] == tokens.suffix(length) {
          expected = Array(tokens[end..<min(end + 6, tokens.count)])
          break search
        }
      }
      #expect(draft == expected)
    }
  }
}
