import Files

/// A column chunk's bytes, read in stretches as they are asked for.
///
/// Nothing outside the chunk is read, and what is passed over is not read either, unless it lies in a
/// stretch with what is not. Memory: a stretch, or a page where one is larger, which the file has
/// bytes for.
final class ChunkBytes {
  private var source: (any RandomAccessBytes)?
  private let stretch: Int
  private var buffer = ReusableBuffer()
  /// Which of the file's bytes are in the buffer.
  private var held = 0..<0
  /// The file's next byte.
  private(set) var position = 0
  /// Where the chunk ends.
  private var end = 0

  init(stretch: Int) {
    self.stretch = max(1, stretch)
  }

  var remaining: Int { end - position }

  func start(_ range: Range<Int>, of source: any RandomAccessBytes) {
    self.source = source
    position = range.lowerBound
    end = range.upperBound
    // Pages are changed in place as they are decoded: nothing held is used twice.
    held = position..<position
  }

  /// The next `count` bytes or, at the chunk's end, those that are left; they live until the next
  /// call, and may be written to once they are passed over.
  func peek(_ count: Int) throws(Fault) -> UnsafeMutableRawBufferPointer {
    let count = min(count, remaining)
    if !held.contains(position) { held = position..<position }
    if held.upperBound - position < count {
      let kept = held.upperBound - position
      // One call for a stretch or a page, whichever is longer.
      let whole = min(max(count, stretch), remaining)
      if kept > 0, let base = buffer.base {
        base.copyMemory(from: base + (position - held.lowerBound), byteCount: kept)
      }
      // A failure leaves nothing held.
      held = position..<position
      try buffer.reserve(whole, keeping: kept)
      do throws(ByteAccessError) {
        try source?.read(into: buffer.bytes(kept..<whole), at: position + kept)
      } catch {
        throw .unreadable(error)
      }
      held = position..<position + whole
    }
    let start = position - held.lowerBound
    return buffer.bytes(start..<start + count)
  }

  /// Passes over bytes of the chunk.
  func skip(_ count: Int) {
    precondition(count <= remaining, "\(count) of \(remaining) bytes passed over")
    position += count
  }
}
