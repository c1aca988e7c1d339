#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Splits bytes into lines, in place.
final class LineReader {
  /// A line without its newline. The bytes live until the reader's next call, and `padding` more
  /// after them may be read.
  struct Line {
    let bytes: UnsafeBufferPointer<UInt8>
    /// From 0.
    let index: Int
    /// Where the line starts in the text.
    let byteOffset: Int
  }

  /// Longest line by default, 256 MiB: a hundred times the longest book, and a bound on what a
  /// small compressed file can claim of memory.
  static let defaultMaximumBytes = 256 << 20

  private let path: String
  private let reader: any ByteReader
  private let padding: Int
  private let maximumBytes: Int
  private var buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  private var nextIndex: Int
  private var nextOffset: Int

  /// Starts at a line, given the line's number (from 0) and where it starts in the text.
  init(
    path: String, reader: any ByteReader, padding: Int, maximumBytes: Int = defaultMaximumBytes,
    lineIndex: Int = 0, byteOffset: Int = 0
  ) throws(CorpusError) {
    self.path = path
    self.reader = reader
    self.padding = padding
    self.maximumBytes = maximumBytes
    nextIndex = lineIndex
    nextOffset = byteOffset
    buffer = .allocate(byteCount: 16 * readSize + padding, alignment: 64)
    guard try reader.skip(byteOffset) == byteOffset else {
      throw .cursorOutsideCorpus(detail: "\(path) ends before byte \(byteOffset)")
    }
    if byteOffset == 0 {
      while end < byteOrderMark.count, try fill() {}
      if buffer[..<end].starts(with: byteOrderMark) {
        start = byteOrderMark.count
        nextOffset = start
      }
    }
  }

  deinit { buffer.deallocate() }

  func next() throws(CorpusError) -> Line? {
    var searched = start
    while true {
      let newline =
        searched < end
        ? buffer.baseAddress.flatMap { memchr($0 + searched, 0x0A, end - searched) } : nil
      if let newline, let base = buffer.baseAddress {
        let stop = UnsafeRawPointer(newline) - UnsafeRawPointer(base)
        return taking(from: start, to: stop, consuming: stop + 1)
      }
      searched = end
      guard end - start <= maximumBytes else {
        throw .lineTooLong(path: path, line: nextIndex + 1, maximumBytes: maximumBytes)
      }
      if start > 0, end == buffer.count - padding {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
        searched -= start
        end -= start
        start = 0
      }
      guard try fill() else {
        return start < end ? taking(from: start, to: end, consuming: end) : nil
      }
    }
  }

  private func taking(from first: Int, to stop: Int, consuming next: Int) -> Line {
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[first..<stop])
    let line = Line(
      bytes: bytes.assumingMemoryBound(to: UInt8.self), index: nextIndex, byteOffset: nextOffset)
    nextIndex += 1
    nextOffset += next - first
    start = next
    return line
  }

  /// Reads more after `end`; false at the end of the text.
  private func fill() throws(CorpusError) -> Bool {
    if isAtEnd { return false }
    if end == buffer.count - padding {
      let larger = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 2 * end + padding, alignment: 64)
      larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<end]))
      buffer.deallocate()
      buffer = larger
    }
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[end..<(buffer.count - padding)])
    let count = try reader.read(into: room)
    end += count
    isAtEnd = count == 0
    return count > 0
  }
}
