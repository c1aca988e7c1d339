import Corpora
import Testing

struct FileOrderTests {
  @Test func aShuffleIsAPermutationThatSeedAndEpochFix() {
    let order = FileOrder.shuffled(seed: 1)
    let epochs = (0..<20).map { order.indices(count: 30, epoch: $0) }
    #expect(epochs.allSatisfy { $0.sorted() == Array(0..<30) })
    #expect(Set(epochs).count == 20)
    #expect(epochs == (0..<20).map { order.indices(count: 30, epoch: $0) })
    #expect(FileOrder.shuffled(seed: 2).indices(count: 30, epoch: 0) != epochs[0])
    #expect(FileOrder.listed.indices(count: 4, epoch: 3) == [0, 1, 2, 3])
  }

  /// Of 3 files the 6 orders should come up about equally: 6,000 draws, 1,000 each, deviation 29.
  @Test func ordersAreEquallyLikely() {
    var counts: [[Int]: Int] = [:]
    for epoch in 0..<6_000 {
      counts[FileOrder.shuffled(seed: 7).indices(count: 3, epoch: epoch), default: 0] += 1
    }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { (850...1_150).contains($0) }, "\(counts)")
  }
}
