#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Memory that grows to the largest size asked for and is used again.
struct ReusableBuffer: ~Copyable {
  private(set) var base: UnsafeMutableRawPointer?
  private(set) var capacity = 0

  deinit { free(base) }

  /// Makes room for `count` bytes; what is beyond the first `kept` of the old ones is lost.
  ///
  /// A file's numbers decide the size, within limits, so that too little memory is an error of this
  /// file rather than the end of the program.
  mutating func reserve(_ count: Int, keeping kept: Int = 0) throws(Fault) {
    guard count > capacity else { return }
    let (rounded, overflow) = count.addingReportingOverflow(count / 4 + 64)
    guard !overflow, let larger = malloc(rounded) else {
      throw .tooLarge(what: "a page beyond the memory there is", limit: capacity, found: count)
    }
    if let base, kept > 0 { memcpy(larger, base, min(kept, capacity)) }
    free(base)
    base = larger
    capacity = rounded
  }

  /// The bytes of a range that was reserved.
  func bytes(_ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
    precondition(range.upperBound <= capacity, "\(range) of \(capacity) bytes reserved")
    return UnsafeMutableRawBufferPointer(
      start: base.map { $0 + range.lowerBound }, count: range.count)
  }
}
