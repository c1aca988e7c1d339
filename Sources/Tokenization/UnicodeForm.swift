/// A normalization form of Unicode (UAX #15).
enum UnicodeForm: String, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  func applied(to text: [UInt8]) -> [UInt8] {
    Normalization.nfc.applied(to: text)
  }
}
enum Lowercase {
  static func applied(to text: [UInt8]) -> [UInt8] { text }
}
