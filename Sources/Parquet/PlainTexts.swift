/// Texts with their length before each (`PLAIN`).
///
/// Lengths become zeros once they are read. With ASCII between them, one check of all bytes tells
/// whether each text by itself is UTF-8: no character can reach from one into the next.
struct PlainTexts {
  private let bytes: UnsafeMutableRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeMutableRawBufferPointer) {
    self.bytes = bytes
  }

  /// Finds the next texts; returns the stretch that they lie in.
  mutating func decode(
    _ count: Int, into starts: UnsafeMutablePointer<UInt32>,
    _ counts: UnsafeMutablePointer<UInt32>
  ) throws(Fault) -> UnsafeRawBufferPointer {
    let first = position
    guard let base = bytes.baseAddress else {
      guard count == 0 else { throw .endsEarly }
      return UnsafeRawBufferPointer(bytes)
    }
    for index in 0..<count {
      guard bytes.count - position >= 4 else { throw .endsEarly }
      let place = base + position
      let length = UInt32(littleEndian: place.loadUnaligned(as: UInt32.self))
      place.storeBytes(of: 0, as: UInt32.self)
      position += 4
      guard Int(length) <= bytes.count - position else {
        throw .corrupt("a text of \(length) bytes where the page has \(bytes.count - position)")
      }
      starts[index] = UInt32(truncatingIfNeeded: position)
      counts[index] = length
      position += Int(length)
    }
    return UnsafeRawBufferPointer(rebasing: bytes[first..<position])
  }
}
