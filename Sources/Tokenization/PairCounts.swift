/// Neighbouring symbols of all words, counted; kept up to date while pairs are merged.
struct PairCounts {
  /// A pair of symbols that occurs `count` times.
  struct Candidate {
    var count: Int
    var left: Int32
    var right: Int32

    /// The more frequent first; of equals that of the older left symbol, then of the older right.
    static func < (a: Self, b: Self) -> Bool {
      a.count != b.count
        ? a.count > b.count : a.left != b.left ? a.left < b.left : a.right < b.right
    }
  }

  private struct Entry {
    var count = 0
    /// Words that have or had the pair, in the order in which they got it.
    var words: [Int32] = []
  }

  private var indices: [UInt64: Int] = [:]
  private var entries: [Entry] = []
  private var heap: [Candidate] = []
  /// Pairs that became more frequent since the last `settle`.
  private var raised: [UInt64] = []

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(left)) << 32 | UInt64(UInt32(right))
  }

  /// Changes the count of a pair by the occurrences in one word.
  mutating func add(_ left: Int32, _ right: Int32, _ count: Int, word: Int32) {
    let key = Self.key(left, right)
    let index: Int
    if let known = indices[key] {
      index = known
    } else {
      index = entries.count
      indices[key] = index
      entries.append(Entry())
    }
    entries[index].count += count
    if count > 0 {
      if entries[index].words.last != word { entries[index].words.append(word) }
      raised.append(key)
    }
  }

  /// Takes a pair out and returns the words to look for it in, each once.
  mutating func removeWords(_ left: Int32, _ right: Int32) -> [Int32] {
    guard let index = indices[Self.key(left, right)] else { return [] }
    let words = entries[index].words
    entries[index].words = []
    return Set(words).sorted()
  }

  /// Makes candidates of all pairs that became more frequent.
  mutating func settle() {
    raised.sort()
    var previous: UInt64?
    for key in raised where key != previous {
      previous = key
      guard let index = indices[key], entries[index].count > 0 else { continue }
      push(
        Candidate(
          count: entries[index].count, left: Int32(truncatingIfNeeded: key >> 32),
          right: Int32(truncatingIfNeeded: key)))
    }
    raised.removeAll(keepingCapacity: true)
  }

  /// Returns the best pair that occurs at least `minimumCount` times.
  mutating func popBest(minimumCount: Int) -> Candidate? {
    while let candidate = pop() {
      let count = indices[Self.key(candidate.left, candidate.right)].map { entries[$0].count } ?? 0
      if count == candidate.count { return count >= minimumCount ? candidate : nil }
      // A count that fell gets its new place; one that rose has it already.
      if count < candidate.count && count >= minimumCount {
        push(Candidate(count: count, left: candidate.left, right: candidate.right))
      }
    }
    return nil
  }

  private mutating func push(_ candidate: Candidate) {
    var hole = heap.count
    heap.append(candidate)
    while hole > 0, candidate < heap[(hole - 1) / 2] {
      heap[hole] = heap[(hole - 1) / 2]
      hole = (hole - 1) / 2
    }
    heap[hole] = candidate
  }

  private mutating func pop() -> Candidate? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return top }
    var hole = 0
    while true {
      var child = 2 * hole + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < last else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = last
    return top
  }
}
