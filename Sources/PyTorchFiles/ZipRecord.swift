/// One record of a zip archive, as its directory tells it, checked against the file.
struct ZipRecord: Sendable, Equatable {
  var name: String
  /// Where its bytes lie in the file.
  var range: Range<Int>
  /// Whether they are deflated; stored as they are if not.
  var isDeflated: Bool
  /// The number of bytes when unpacked.
  var byteCount: UInt64
  var checksum: UInt32
  /// Where its own header begins.
  var headerOffset: Int
}

/// Numbers of the zip format (PKWARE's APPNOTE.TXT 6.3.10).
enum ZipFormat {
  static let localSignature: UInt32 = 0x0403_4B50
  static let directorySignature: UInt32 = 0x0201_4B50
  static let endSignature: UInt32 = 0x0605_4B50
  static let largeEndSignature: UInt32 = 0x0606_4B50
  static let largeLocatorSignature: UInt32 = 0x0706_4B50
  static let descriptorSignature: UInt32 = 0x0807_4B50

  static let localHeaderSize = 30
  static let directoryEntrySize = 46
  static let endSize = 22
  static let largeEndSize = 56
  static let largeLocatorSize = 20

  /// The extra field with sizes and offsets of 64 bits.
  static let largeSizesField: UInt16 = 1
  static let deflated: UInt16 = 8
}
