/// Bytes that are in memory already, read as those of a file are.
public final class MemoryBytes: RandomAccessBytes {
  public let name: String
  private let bytes: [UInt8]

  public var byteCount: Int { bytes.count }

  public init(_ bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(ByteAccessError) {
    guard offset >= 0, buffer.count <= byteCount, offset <= byteCount - buffer.count else {
      throw ByteAccessError(
        name: name, offset: offset, count: buffer.count,
        reason: "there are \(byteCount) bytes")
    }
    bytes.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count]))
    }
  }
}
