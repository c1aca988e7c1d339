/// Texts that look harmless and make a careless tokenizer take quadratic time.
enum HostileText: String, CaseIterable {
  case oneLetter = "one letter"
  case twoLetters = "two letters in turn"
  case spaces
  case letters = "random letters"
  case bytes = "random bytes"
  case han = "Han characters"

  /// The shorter of the lengths compared; the longer one is a million.
  static let byteCount = 250_000

  /// The same bytes each time; random ones differ from one `variant` to the next.
  func bytes(_ count: Int, variant: Int) -> [UInt8] {
    var random = Generator(state: UInt64(variant) << 32)
    switch self {
    case .oneLetter: return [UInt8](repeating: UInt8(ascii: "a"), count: count)
    case .twoLetters:
      return (0..<count).map { UInt8(ascii: $0.isMultiple(of: 2) ? "a" : "b") }
    case .spaces: return [UInt8](repeating: UInt8(ascii: " "), count: count)
    case .letters: return (0..<count).map { _ in UInt8(ascii: "a") + UInt8(random.next() % 26) }
    case .bytes: return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    case .han:
      // One after another: no two neighbours come again before all have come.
      let characters = (0..<(count / 3)).compactMap { Unicode.Scalar(0x4E00 + UInt32($0) % 20_992) }
      return characters.flatMap { Array(String($0).utf8) }
    }
  }

  /// SplitMix64, which needs no seeding to be the same everywhere.
  private struct Generator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }
}
