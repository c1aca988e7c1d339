import Foundation
import Synchronization

/// Memory for `count` float32 elements, aligned to a cache line and recycled when let go.
///
/// Kernels take buffers and lengths; they know no shapes. They work on addresses, and the caller's
/// argument keeps the memory; a kernel's own scratch is kept with `withExtendedLifetime`. A training step asks for the same sizes
/// again and again, and fresh pages cost a page fault each, so memory goes back to a pool instead
/// of to the system.
public final class Buffer: @unchecked Sendable {
  /// The number of float32 elements.
  public let count: Int
  /// The first element.
  public let pointer: UnsafeMutablePointer<Float>
  private let capacity: Int

  /// Takes memory for `count` elements whose values are undefined.
  public init(uninitializedCount count: Int) {
    precondition(count >= 0, "a buffer of \(count) elements")
    self.count = count
    (pointer, capacity) = BufferPool.shared.take(BufferPool.capacity(for: count))
  }

  /// Takes memory for `count` elements, all of them `value`.
  public convenience init(repeating value: Float, count: Int) {
    self.init(uninitializedCount: count)
    pointer.update(repeating: value, count: count)
  }

  /// Copies `elements`.
  public convenience init(_ elements: some Collection<Float>) {
    self.init(uninitializedCount: elements.count)
    for (offset, element) in elements.enumerated() { pointer[offset] = element }
  }

  /// Copies little-endian float32 elements from bytes of any alignment.
  public convenience init(copying bytes: UnsafeRawBufferPointer) {
    let stride = MemoryLayout<Float>.stride
    precondition(bytes.count % stride == 0, "\(bytes.count) bytes are no whole float32 elements")
    self.init(uninitializedCount: bytes.count / stride)
    UnsafeMutableRawBufferPointer(start: pointer, count: bytes.count).copyMemory(from: bytes)
  }

  deinit { BufferPool.shared.giveBack(pointer, capacity) }

  /// The elements, for reading by code outside this module that writes or prints them.
  public func withBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: pointer, count: count * MemoryLayout<Float>.stride))
  }

  /// A copy of this buffer.
  public func copy() -> Buffer {
    let result = Buffer(uninitializedCount: count)
    result.pointer.update(from: pointer, count: count)
    return result
  }
}

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
    var free: [[UnsafeMutablePointer<Float>]] = []

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

  /// The size class of `count` elements: eight classes to each doubling, so at most 1/8 is spare.
  static func capacity(for count: Int) -> Int {
    let least = max(count, 16)
    let magnitude = Int.bitWidth - 1 - least.leadingZeroBitCount
    let step = max(16, 1 << max(0, magnitude - 3))
    return (least + step - 1) / step * step
  }

  /// Blocks up to this many times the request may serve it.
  private static let greatestExcess = 2

  /// A block of at least `capacity` elements, and its own capacity.
  func take(_ capacity: Int) -> (UnsafeMutablePointer<Float>, Int) {
    let recycled: (UnsafeMutablePointer<Float>, Int)? = blocks.withLock { blocks in
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
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<Float>.stride, alignment: 64)
    return (block.bindMemory(to: Float.self, capacity: capacity), capacity)
  }

  func giveBack(_ pointer: UnsafeMutablePointer<Float>, _ capacity: Int) {
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
