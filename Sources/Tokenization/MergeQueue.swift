/// A possible merge of two neighbours.
struct MergeCandidate: BitwiseCopyable {
  /// `rank << 32 | left`: lowest rank first, then leftmost.
  var key: UInt64
  var right: Int32
  var merged: Int32

  var left: Int { Int(UInt32(truncatingIfNeeded: key)) }
}

/// A binary heap of candidates, least key first.
struct MergeQueue {
  private var heap = GrowableBuffer<MergeCandidate>()
  private var count = 0
  /// Levels of the heap that were walked so far: what n log n counts.
  private(set) var steps = 0

  func deallocate() { heap.deallocate() }

  mutating func shrink(above limit: Int) { heap.shrink(above: limit) }

  @inline(__always)
  mutating func push(_ candidate: MergeCandidate) {
    heap.reserve(count + 1, keeping: count)
    var hole = count
    count += 1
    while hole > 0 {
      steps &+= 1
      let parent = (hole - 1) / 2
      guard heap.base[parent].key > candidate.key else { break }
      heap.base[hole] = heap.base[parent]
      hole = parent
    }
    heap.base[hole] = candidate
  }

  @inline(__always)
  mutating func pop() -> MergeCandidate? {
    guard count > 0 else { return nil }
    let top = heap.base[0]
    count -= 1
    let last = heap.base[count]
    var hole = 0
    while true {
      var child = 2 * hole + 1
      guard child < count else { break }
      steps &+= 1
      if child + 1 < count && heap.base[child + 1].key < heap.base[child].key { child += 1 }
      guard heap.base[child].key < last.key else { break }
      heap.base[hole] = heap.base[child]
      hole = child
    }
    heap.base[hole] = last
    return top
  }
}
