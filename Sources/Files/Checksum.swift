import CZlib

/// A running CRC-32 (ISO-HDLC, as in gzip and PNG) of a stream of bytes.
///
/// It is there to find files that a crash cut off and bits that a disk flipped, not to withstand
/// someone who forges them. CRC-32 finds every burst of up to 32 bits, and lets other damage
/// through once in 4 × 10⁹ cases; with the file's size beside it, that is far below the rate at
/// which the machine fails in other ways. zlib computes it at gigabytes a second, and is needed
/// anyway to read compressed corpora; a cryptographic hash would be slower for no gain here.
public struct Checksum: Sendable, Equatable {
  /// The CRC of the bytes so far.
  public private(set) var value: UInt32 = 0

  /// The number of bytes so far.
  public private(set) var byteCount = 0

  public init() {}

  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    let start = base.assumingMemoryBound(to: UInt8.self)
    value = UInt32(truncatingIfNeeded: crc32_z(UInt(value), start, bytes.count))
    byteCount += bytes.count
  }

  /// The checksum as eight hexadecimal digits.
  public var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
