/// Bytes whose beginning may be looked at before they are read.
final class PeekingReader: ByteReader {
  /// Enough to see past a licence's blank lines.
  static let peekedCount = 4_096

  private let base: any ByteReader
  /// The first bytes, and how many of them were read or passed over.
  private let head: [UInt8]
  private var position = 0

  init(_ base: any ByteReader) throws(CorpusError) {
    self.base = base
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.peekedCount, alignment: 16)
    defer { buffer.deallocate() }
    var count = 0
    while count < buffer.count {
      let got = try base.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      if got == 0 { break }
      count += got
    }
    head = Array(buffer[..<count])
  }

  /// The first bytes: fewer than `peekedCount` only if there are no more.
  var firstBytes: [UInt8] { head }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CorpusError) -> Int {
    guard position < head.count else {
      // At the end of a short file the base has said so already, and may be asked again.
      return try base.read(into: buffer)
    }
    let count = min(buffer.count, head.count - position)
    head.withUnsafeBytes { bytes in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
    }
    position += count
    return count
  }

  func skip(_ count: Int) throws(CorpusError) -> Int {
    let fromHead = min(count, head.count - position)
    position += fromHead
    return fromHead == count ? count : fromHead + (try base.skip(count - fromHead))
  }
}
