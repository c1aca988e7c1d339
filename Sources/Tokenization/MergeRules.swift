/// Which neighbours merge into what, and in which order.
package final class MergeRules: @unchecked Sendable {
  /// `left << 32 | right` → `rank << 32 | merged`; a lower rank merges first.
  private let pairs: IntegerTable
  /// Whether some id is the result of several merges. Then a merge that was found earlier may be
  /// carried out by another pair with the same result, at the place of the first in the order: that
  /// is how Hugging Face's library does it, and only the queue follows it.
  package let hasSeveralWays: Bool

  /// Of several entries for one pair, the last counts.
  package init(_ entries: [(left: Int32, right: Int32, rank: UInt32, merged: Int32)]) {
    pairs = IntegerTable(
      entries.reversed().map {
        (
          UInt64(UInt32(bitPattern: $0.left)) << 32 | UInt64(UInt32(bitPattern: $0.right)),
          UInt64($0.rank) << 32 | UInt64(UInt32(bitPattern: $0.merged))
        )
      })
    var ranks: [Int32: UInt32] = [:]
    hasSeveralWays = entries.contains { entry in
      guard let known = ranks[entry.merged] else {
        ranks[entry.merged] = entry.rank
        return false
      }
      return known != entry.rank
    }
  }

  /// Returns what is left of ids after all merges.
  package func merged(_ ids: [Int32]) -> [Int32] {
    var workspace = MergeWorkspace()
    defer { workspace.deallocate() }
    workspace.symbols.reserve(ids.count)
    for (index, id) in ids.enumerated() { workspace.symbols.base[index] = id }
    let count = workspace.merge(ids.count, self)
    return Array(UnsafeBufferPointer(start: workspace.symbols.base, count: count))
  }

  /// Returns the merge of two ids as `rank << 32 | merged`, or `IntegerTable.none`.
  @inline(__always)
  func merge(_ left: Int32, _ right: Int32) -> UInt64 {
    pairs.value(UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right)))
  }
}

/// Scratch memory for merging the ids of one word.
struct MergeWorkspace {
  /// The word's ids: filled before a merge, and what is left of them after it.
  var symbols = GrowableBuffer<Int32>()
  /// What the rules say of each symbol and the next.
  private var pairs = GrowableBuffer<UInt64>()
  private var previous = GrowableBuffer<Int32>()
  private var next = GrowableBuffer<Int32>()
  private var queue = MergeQueue()

  /// Up to here every merge scans all pairs, which stay in the first-level cache; beyond it a heap
  /// keeps the cost at n log n. Hardly a word is longer, so the exact place matters little.
  private static let scanLimit = 48

  func deallocate() {
    symbols.deallocate()
    pairs.deallocate()
    previous.deallocate()
    next.deallocate()
    queue.deallocate()
  }

  mutating func shrink(above limit: Int) {
    symbols.shrink(above: limit)
    pairs.shrink(above: limit)
    previous.shrink(above: limit)
    next.shrink(above: limit)
    queue.shrink(above: limit)
  }

  /// Merges the first `count` symbols; returns how many are left, at the front.
  mutating func merge(_ count: Int, _ rules: MergeRules) -> Int {
    guard count > 1 else { return count }
    guard count <= Self.scanLimit, !rules.hasSeveralWays else { return mergeByQueue(count, rules) }
    pairs.reserve(count)
    for index in 0..<(count - 1) {
      pairs.base[index] = rules.merge(symbols.base[index], symbols.base[index + 1])
    }
    return mergeByScanning(count, rules)
  }

  /// Merges the bytes of a word; returns how many symbols are left, at the front.
  mutating func merge(
    _ word: UnsafePointer<UInt8>, _ length: Int, _ bytes: ByteSymbols, _ rules: MergeRules
  ) -> Int {
    symbols.reserve(length)
    for index in 0..<length { symbols.base[index] = bytes.tokens[Int(word[index])] }
    guard length > 1, length <= Self.scanLimit, !rules.hasSeveralWays else {
      return merge(length, rules)
    }
    pairs.reserve(length)
    for index in 0..<(length - 1) {
      pairs.base[index] = bytes.pairs[Int(word[index]) << 8 | Int(word[index + 1])]
    }
    return mergeByScanning(length, rules)
  }

  private mutating func mergeByScanning(_ symbolCount: Int, _ rules: MergeRules) -> Int {
    let (symbols, pairs) = (symbols.base, pairs.base)
    var count = symbolCount
    while count > 1 {
      var best = IntegerTable.none
      var place = 0
      // Equal ranks make equal results, so the strict order finds the leftmost.
      for index in 0..<(count - 1) where pairs[index] < best {
        best = pairs[index]
        place = index
      }
      guard best != IntegerTable.none else { break }
      symbols[place] = Int32(truncatingIfNeeded: best)
      count -= 1
      for index in (place + 1)..<max(count, place + 1) {
        symbols[index] = symbols[index + 1]
        pairs[index - 1] = pairs[index]
      }
      if place > 0 { pairs[place - 1] = rules.merge(symbols[place - 1], symbols[place]) }
      if place < count - 1 { pairs[place] = rules.merge(symbols[place], symbols[place + 1]) }
    }
    return count
  }

  private mutating func mergeByQueue(_ count: Int, _ rules: MergeRules) -> Int {
    previous.reserve(count + 1)
    next.reserve(count + 1)
    let symbols = symbols.base
    let (previous, next) = (previous.base, next.base)
    for index in 0..<count {
      previous[index] = Int32(truncatingIfNeeded: index - 1)
      next[index] = Int32(truncatingIfNeeded: index + 1)
    }
    var queue = queue
    func consider(_ left: Int, _ right: Int) {
      guard left >= 0 && right < count else { return }
      let pair = rules.merge(symbols[left], symbols[right])
      guard pair != IntegerTable.none else { return }
      queue.push(
        MergeCandidate(
          key: (pair & 0xFFFF_FFFF_0000_0000) | UInt64(left),
          right: 0, merged: Int32(truncatingIfNeeded: pair)))
    }
    for index in 1..<count { consider(index - 1, index) }
    while let candidate = queue.pop() {
      let left = candidate.left
      let right = Int(next[left])
      // A symbol that was merged away has no successor, and no candidate may use it again.
      guard right > 0 && right < count,
        Int32(truncatingIfNeeded: rules.merge(symbols[left], symbols[right])) == candidate.merged
      else { continue }
      symbols[left] = candidate.merged
      next[left] = next[right]
      next[right] = 0
      if next[left] < count { previous[Int(next[left])] = Int32(truncatingIfNeeded: left) }
      consider(Int(previous[left]), left)
      consider(left, Int(next[left]))
    }
    self.queue = queue
    var remaining = 0
    var index = 0
    while index < count {
      let following = Int(next[index])
      symbols[remaining] = symbols[index]
      remaining += 1
      index = following
    }
    return remaining
  }
}
