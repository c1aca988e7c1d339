import Kernels
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
  private final class Counts: Sendable {
    let values: [Atomic<Int>.Box]
    init(_ count: Int) { values = (0..<count).map { _ in .init() } }
  }

  @Test(arguments: [1, 2, 5])
  func everyIndexOnce(threads: Int) {
    let pool = ThreadPool(threadCount: threads)
    for count in [0, 1, 2, 7, 1_000] {
      let counts = Counts(count)
      pool.forEach(count) { counts.values[$0].add() }
      #expect(counts.values.allSatisfy { $0.value == 1 })
    }
  }

  @Test func rangesCoverWithoutOverlap() {
    let pool = ThreadPool(threadCount: 3)
    let counts = Counts(1_001)
    pool.forEachRange(1_001, grain: 64) { range in for i in range { counts.values[i].add() } }
    #expect(counts.values.allSatisfy { $0.value == 1 })
  }

  @Test func nestedLoopsFinish() {
    let pool = ThreadPool(threadCount: 2)
    let counts = Counts(64)
    pool.forEach(8) { outer in pool.forEach(8) { counts.values[outer * 8 + $0].add() } }
    #expect(counts.values.allSatisfy { $0.value == 1 })
  }

  @Test func manyShortLoops() {
    let pool = ThreadPool(threadCount: 4)
    let counts = Counts(1)
    for _ in 0..<20_000 { pool.forEach(4) { _ in counts.values[0].add() } }
    #expect(counts.values[0].value == 80_000)
  }
}

extension Atomic where Value == Int {
  /// An atomic that an array can hold.
  final class Box: Sendable {
    private let atomic = Atomic<Int>(0)
    func add() { atomic.wrappingAdd(1, ordering: .relaxed) }
    var value: Int { atomic.load(ordering: .acquiring) }
  }
}
