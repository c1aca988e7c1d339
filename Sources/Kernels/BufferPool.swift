import Synchronization

/// Free memory by size class.
///
/// A request takes the smallest free block that holds it, of another class too if that is not much
/// larger: the layers of a model differ in width, and what one has let go must serve the next.
final class BufferPool: Sendable {
  static let shared = BufferPool()

  private struct Blocks: @unchecked Sendable {
    /// The capacities of which a block was ever made, ascending.
    var capacities: [Int] = []
    /// Free blocks by the index of their capacity.
    var free: [[UnsafeMutableRawPointer]] = []

    /// The first index whose capacity is at least `capacity`.
    func index(atLeast capacity: Int) -> Int {
      var (low, high) = (0, capacities.count)
      while low < high {
        let middle = (low + high) / 2
        if capacities[middle] < capacity { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  private let blocks = Mutex(Blocks())

  /// The size class of `byteCount`: eight classes to each doubling, so at most 1/8 is spare.
  static func capacity(for byteCount: Int) -> Int {
    let least = max(byteCount, 64)
    let magnitude = Int.bitWidth - 1 - least.leadingZeroBitCount
    let step = max(64, 1 << max(0, magnitude - 3))
    return (least + step - 1) / step * step
  }

  /// Blocks up to this many times the request may serve it.
  private static let greatestExcess = 2

  /// A block of at least `capacity` bytes, and its own capacity.
  func take(_ capacity: Int) -> (UnsafeMutableRawPointer, Int) {
    let recycled: (UnsafeMutableRawPointer, Int)? = blocks.withLock { blocks in
      var index = blocks.index(atLeast: capacity)
      while index < blocks.capacities.count,
        blocks.capacities[index] <= Self.greatestExcess * capacity
      {
        if let block = blocks.free[index].popLast() { return (block, blocks.capacities[index]) }
        index += 1
      }
      return nil
    }
    if let recycled { return recycled }
    return (UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64), capacity)
  }

  func giveBack(_ pointer: UnsafeMutableRawPointer, _ capacity: Int) {
    blocks.withLock { blocks in
      let index = blocks.index(atLeast: capacity)
      if index == blocks.capacities.count || blocks.capacities[index] != capacity {
        blocks.capacities.insert(capacity, at: index)
        blocks.free.insert([], at: index)
      }
      blocks.free[index].append(pointer)
    }
  }
}
