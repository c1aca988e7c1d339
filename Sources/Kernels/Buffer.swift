import Foundation
import Synchronization

/// Memory for `count` float32 elements, aligned to a cache line and recycled when let go.
///
/// Kernels take buffers and lengths; they know no shapes. A training step asks for the same sizes
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
    capacity = BufferPool.capacity(for: count)
    pointer = BufferPool.shared.take(capacity)
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
final class BufferPool: Sendable {
  static let shared = BufferPool()

  /// Free blocks, keyed by their capacity in elements.
  private struct Blocks: @unchecked Sendable {
    var free: [Int: [UnsafeMutablePointer<Float>]] = [:]
  }

  private let blocks = Mutex(Blocks())

  /// The size class of `count` elements: eight classes to each doubling, so at most 1/8 is spare.
  static func capacity(for count: Int) -> Int {
    let least = max(count, 16)
    let magnitude = Int.bitWidth - 1 - least.leadingZeroBitCount
    let step = max(16, 1 << max(0, magnitude - 3))
    return (least + step - 1) / step * step
  }

  func take(_ capacity: Int) -> UnsafeMutablePointer<Float> {
    if let recycled = blocks.withLock({ $0.free[capacity]?.popLast() }) { return recycled }
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<Float>.stride, alignment: 64)
    return block.bindMemory(to: Float.self, capacity: capacity)
  }

  func giveBack(_ pointer: UnsafeMutablePointer<Float>, _ capacity: Int) {
    blocks.withLock { $0.free[capacity, default: []].append(pointer) }
  }
}
