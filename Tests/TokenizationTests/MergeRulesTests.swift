import Testing
import Tokenization

/// Scanning and the queue against merging one pair after another by hand.
@Suite struct MergeRulesTests {
  private typealias Entry = (left: Int32, right: Int32, rank: UInt32, merged: Int32)

  private func mergedByHand(_ symbols: [Int32], _ entries: [Entry]) -> [Int32] {
    var symbols = symbols
    while true {
      var best: (rank: UInt32, place: Int, merged: Int32)?
      for place in symbols.indices.dropLast() {
        // Of several entries for a pair, the last counts.
        let entry = entries.last { $0.left == symbols[place] && $0.right == symbols[place + 1] }
        guard let entry, entry.rank < best?.rank ?? .max else { continue }
        best = (entry.rank, place, entry.merged)
      }
      guard let best else { return symbols }
      symbols[best.place] = best.merged
      symbols.remove(at: best.place + 1)
    }
  }

  @Test func everyWayGivesTheSame() {
    var random = SplitMix(state: 3)
    for _ in 0..<150 {
      let letters = 1 + random.below(4)
      var entries: [Entry] = []
      var count = letters
      for rank in 0..<random.below(14) {
        let (left, right) = (Int32(random.below(count)), Int32(random.below(count)))
        entries.append((left, right, UInt32(rank), Int32(count)))
        count += 1
      }
      let rules = MergeRules(entries)
      #expect(!rules.hasSeveralWays)
      // Both sides of the length from which on the queue takes over.
      for length in [0, 1, 2, 3, 10, 48, 49, 130] {
        let symbols = (0..<length).map { _ in Int32(random.below(letters)) }
        #expect(rules.merged(symbols) == mergedByHand(symbols, entries))
      }
    }
  }

  @Test func severalWaysToOneToken() {
    let rules = MergeRules([(1, 2, 0, 4), (0, 4, 1, 5), (0, 1, 8, 3), (3, 2, 9, 5)])
    #expect(rules.hasSeveralWays)
    #expect(rules.merged([0, 1, 2]) == [5])
    #expect(rules.merged([0, 1, 2, 0, 1, 2]) == [5, 5])
    #expect(rules.merged([0, 1, 1, 2]) == [3, 4])
    #expect(!MergeRules([(0, 1, 7, 3), (2, 3, 8, 4)]).hasSeveralWays)
  }
}
