import CZlib

/// Decompresses gzip (RFC 1952), any number of members one after the other.
///
/// Zero bytes after the last member, as tapes and block devices leave them, are allowed; anything
/// else that is not a member is an error.
final class GzipReader: ByteReader {
  private let path: String
  private let file: any ByteReader
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: readSize, alignment: 16)
  /// On the heap because zlib keeps the address of the stream that it was initialised with.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var bytesRead = 0
  private var isBetweenMembers = true
  private var hasSeenMember = false

  init(path: String, file: any ByteReader) throws(CorpusError) {
    self.path = path
    self.file = file
    stream.initialize(to: z_stream())
    // 15: the largest window. 16: expect gzip's header, not zlib's.
    let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw corrupt("no memory for the decompressor") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CorpusError) -> Int {
    let room = UInt32(clamping: buffer.count)
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = room
    while true {
      if stream.pointee.avail_in == 0, try !refill() {
        guard isBetweenMembers, hasSeenMember else {
          throw .truncated(path: path, compression: .gzip, byteOffset: bytesRead)
        }
        return 0
      }
      if isBetweenMembers, try !startMember() { continue }
      let code = inflate(stream, Z_NO_FLUSH)
      guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
        throw corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "zlib code \(code)")
      }
      isBetweenMembers = code == Z_STREAM_END
      let produced = Int(room - stream.pointee.avail_out)
      if produced > 0 { return produced }
    }
  }

  /// Returns false if only zero padding was at hand.
  private func startMember() throws(CorpusError) -> Bool {
    if hasSeenMember {
      while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
        stream.pointee.next_in += 1
        stream.pointee.avail_in -= 1
      }
      if stream.pointee.avail_in == 0 { return false }
      inflateReset(stream)
    }
    hasSeenMember = true
    isBetweenMembers = false
    return true
  }

  private func refill() throws(CorpusError) -> Bool {
    let count = try file.read(into: input)
    bytesRead += count
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(count)
    return count > 0
  }

  private func corrupt(_ detail: String) -> CorpusError {
    .corrupt(
      path: path, compression: .gzip, byteOffset: bytesRead - Int(stream.pointee.avail_in),
      detail: detail)
  }
}
