/// The characters that stand for bytes in byte-level vocabularies: printable ones for themselves,
/// the others, a space among them, for U+0100 onward in their order (GPT-2's `bytes_to_unicode`).
enum ByteAlphabet {
  static let characters: [UInt32] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return UInt32(byte)
      default:
        defer { next += 1 }
        return next
      }
    }
  }()

  private static let bytes: [UInt32: UInt8] = Dictionary(
    uniqueKeysWithValues: characters.enumerated().map { ($1, UInt8($0)) })

  /// Returns the bytes that a vocabulary's entry stands for, or nil if it has another character.
  static func decode(_ text: [UInt8]) -> [UInt8]? {
    guard let scalars = scalarValues(text) else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(scalars.count)
    for scalar in scalars {
      guard let byte = bytes[scalar] else { return nil }
      result.append(byte)
    }
    return result
  }

  /// Returns how a vocabulary writes bytes.
  static func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var text = String.UnicodeScalarView()
    for byte in bytes {
      if let scalar = Unicode.Scalar(characters[Int(byte)]) { text.append(scalar) }
    }
    return Array(String(text).utf8)
  }
}
