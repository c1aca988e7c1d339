import Foundation

/// Large blocks cut from one reserved range of addresses, and joined again when let go.
///
/// What the activations of a forward pass leave, gradients of quite other sizes take over; lists by
/// size would keep both. The lowest place that fits is taken, so that the pages in use stay together.
struct Arena: @unchecked Sendable {
  /// Lengths are multiples of this, so that few free ranges are too short to serve.
  static let granularity = 1 << 16

  private let base: UnsafeMutableRawPointer
  private let byteCount: Int
  /// Free ranges by address; no two touch.
  private var free: [Range<Int>]

  /// Reserves addresses; memory comes with the first write to a page.
  init?(byteCount: Int) {
    let protection = PROT_READ | PROT_WRITE
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let base = mmap(nil, byteCount, protection, Int32(flags), -1, 0), base != MAP_FAILED
    else { return nil }
    #if os(Linux)
      // Pages of 2 MiB: products walk along columns too, and each row would be a page of its own.
      madvise(base, byteCount, Int32(MADV_HUGEPAGE))
    #endif
    self.base = base
    self.byteCount = byteCount
    free = [0..<byteCount]
  }

  /// The length of the block that serves a request.
  static func blockLength(for byteCount: Int) -> Int {
    (byteCount + granularity - 1) / granularity * granularity
  }

  /// A block of `length` bytes, or `nil` where no free range is as long.
  mutating func take(_ length: Int) -> UnsafeMutableRawPointer? {
    guard let index = free.firstIndex(where: { $0.count >= length }) else { return nil }
    let start = free[index].lowerBound
    if free[index].count == length {
      free.remove(at: index)
    } else {
      free[index] = start + length..<free[index].upperBound
    }
    return base + start
  }

  /// Takes back a block of `length` bytes; `false` if it is not one of this arena's.
  mutating func giveBack(_ block: UnsafeMutableRawPointer, _ length: Int) -> Bool {
    guard block >= base, block < base + byteCount else { return false }
    var range = block - base..<block - base + length
    var index = free.firstIndex { $0.lowerBound > range.lowerBound } ?? free.count
    if index < free.count, free[index].lowerBound == range.upperBound {
      range = range.lowerBound..<free.remove(at: index).upperBound
    }
    if index > 0, free[index - 1].upperBound == range.lowerBound {
      index -= 1
      range = free.remove(at: index).lowerBound..<range.upperBound
    }
    free.insert(range, at: index)
    return true
  }
}
