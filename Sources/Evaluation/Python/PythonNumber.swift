/// Number literals of Python's sources.
enum PythonNumber {
  /// The value of digits as Python's lexer reads them: `1_000`, `0x1F`, `0o17`, `0b1`, `1.5e-3`,
  /// `.5`, `5.`; nil for anything else, and for integers beyond 64 bits.
  static func value(of text: String, isNegative: Bool) -> DocumentValue? {
    let lower = text.lowercased()
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where lower.hasPrefix(prefix) {
      // An underscore may follow the prefix.
      let digits = lower.dropFirst(2)
      return joined(digits.hasPrefix("_") ? digits.dropFirst() : digits)
        .flatMap { integer($0, radix: radix, isNegative: isNegative) }
    }
    guard lower.utf8.allSatisfy({ (0x30...0x39).contains($0) || "._e+-".utf8.contains($0) }) else {
      return nil
    }
    if !lower.contains("."), !lower.contains("e") {
      guard let digits = joined(lower[...]) else { return nil }
      // Zeros in front are an error unless there is nothing else.
      if digits.hasPrefix("0"), digits.contains(where: { $0 != "0" }) { return nil }
      return integer(digits, radix: 10, isNegative: isNegative)
    }
    // Python reads a number beyond all doubles as infinity, which no document can hold.
    guard let value = floatingPoint(lower), value.isFinite else { return nil }
    return .number(isNegative ? -value : value)
  }

  private static func integer(_ digits: String, radix: Int, isNegative: Bool) -> DocumentValue? {
    Int((isNegative ? "-" : "") + digits, radix: radix).map(DocumentValue.integer)
  }

  private static func floatingPoint(_ text: String) -> Double? {
    let halves = text.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = halves[0].split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
    var digits: [String] = []
    for part in parts {
      guard let joined = part.isEmpty ? "0" : joined(part) else { return nil }
      digits.append(joined)
    }
    var literal = digits.joined(separator: ".")
    if halves.count == 2 {
      let sign = halves[1].hasPrefix("-") ? "-" : ""
      let isSigned = halves[1].hasPrefix("-") || halves[1].hasPrefix("+")
      guard let exponent = joined(halves[1].dropFirst(isSigned ? 1 : 0)) else { return nil }
      literal += "e\(sign)\(exponent)"
    }
    return Double(literal)
  }

  /// The digits without the single underscores that may stand between them.
  private static func joined(_ digits: Substring) -> String? {
    let groups = digits.split(separator: "_", omittingEmptySubsequences: false)
    guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isHexDigit) }) else { return nil }
    return groups.joined()
  }
}
