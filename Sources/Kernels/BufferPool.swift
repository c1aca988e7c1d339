import Foundation
import Synchronization

/// Memory that is not in use: small blocks in lists by size, large ones in an arena.
final class BufferPool: Sendable {
  static let shared = BufferPool()

  /// From here on a block comes from the arena.
  private static let largeBlock = 1 << 20

  private struct State: @unchecked Sendable {
    /// Free small blocks by their capacity.
    var small: [Int: [UnsafeMutableRawPointer]] = [:]
    /// Twice the machine's memory in addresses leaves room for gaps.
    var arena = Arena(byteCount: 2 * Int(ProcessInfo.processInfo.physicalMemory))
  }

  private let state = Mutex(State())

  /// The size class of `byteCount`: eight classes to each doubling, so at most 1/8 is spare.
  static func capacity(for byteCount: Int) -> Int {
    guard byteCount < largeBlock else { return Arena.blockLength(for: byteCount) }
    let least = max(byteCount, 64)
    let magnitude = Int.bitWidth - 1 - least.leadingZeroBitCount
    let step = max(64, 1 << max(0, magnitude - 3))
    return (least + step - 1) / step * step
  }

  /// A block of `capacity` bytes, which is one that `capacity(for:)` gave.
  func take(_ capacity: Int) -> UnsafeMutableRawPointer {
    let recycled = state.withLock { state in
      capacity < Self.largeBlock
        ? state.small[capacity]?.popLast() : state.arena?.take(capacity)
    }
    return recycled ?? UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
  }

  func giveBack(_ block: UnsafeMutableRawPointer, _ capacity: Int) {
    let isKept = state.withLock { state in
      if capacity < Self.largeBlock {
        state.small[capacity, default: []].append(block)
        return true
      }
      return state.arena?.giveBack(block, capacity) ?? false
    }
    if !isKept { block.deallocate() }
  }
}
