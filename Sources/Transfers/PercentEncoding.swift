/// Percent-encoding of URLs (RFC 3986, section 2).
package enum PercentEncoding {
  /// Every byte but the unreserved ones is encoded.
  package static func component(_ text: String) -> String { encoded(text, keeping: []) }

  /// As ``component(_:)``, with slashes kept.
  package static func path(_ text: String) -> String { encoded(text, keeping: [0x2F]) }

  /// Names and values, sorted by their encoded names as Signature Version 4 wants them.
  package static func query(_ items: [(String, String)]) -> String {
    items.map { (component($0.0), component($0.1)) }.sorted { $0 < $1 }
      .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }

  /// Encodes what no URL may hold (spaces, controls, bytes above 0x7E) and leaves the rest alone.
  package static func forgiving(_ text: String) -> String {
    text.utf8.contains { $0 <= 0x20 || $0 >= 0x7F }
      ? encoded(text, keeping: Set((0x21...0x7E).map { UInt8($0) })) : text
  }

  /// Decodes `%XX`; what is not followed by two digits stays as it is.
  package static func decoded(_ text: String, plusIsSpace: Bool = false) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == 0x25, let high = rest.first.flatMap(digit),
        let low = rest.dropFirst().first.flatMap(digit)
      {
        bytes.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == 0x2B && plusIsSpace ? 0x20 : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  private static func encoded(_ text: String, keeping kept: Set<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
      case _ where kept.contains(byte): bytes.append(byte)
      default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
