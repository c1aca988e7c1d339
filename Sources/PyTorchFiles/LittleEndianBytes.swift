/// Little-endian numbers at places that a file names: outside of it there are none.
struct LittleEndianBytes {
  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var count: Int { bytes.count }

  /// The number at an offset, or nil where it is not wholly inside.
  func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number? {
    let width = MemoryLayout<Number>.size
    guard offset >= 0, offset <= count, width <= count - offset else { return nil }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// So many bytes from an offset on, or nil where they are not wholly inside.
  func slice(_ offset: Int, _ length: Int) -> UnsafeRawBufferPointer? {
    guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { return nil }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
  }
}
