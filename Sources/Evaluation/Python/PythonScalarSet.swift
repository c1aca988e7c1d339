/// A set of scalars as `[…]`, `.`, `\w` or one literal name it.
struct PythonScalarSet: Sendable {
  enum Item: Sendable {
    case range(ClosedRange<Unicode.Scalar>)
    case word(Bool)
    case digit(Bool)
    case space(Bool)
  }

  /// The answer for each ASCII scalar.
  private var ascii: (UInt64, UInt64) = (0, 0)
  private let items: [Item]
  private let isNegated: Bool
  private let ignoresCase: Bool
  private let dialect: PythonPatternDialect

  init(
    _ items: [Item], isNegated: Bool = false, ignoresCase: Bool, dialect: PythonPatternDialect
  ) {
    self.items = items
    self.isNegated = isNegated
    self.ignoresCase = ignoresCase
    self.dialect = dialect
    for value in UInt8(0)..<128 where decide(Unicode.Scalar(value)) {
      if value < 64 { ascii.0 |= 1 << UInt64(value) } else { ascii.1 |= 1 << UInt64(value - 64) }
    }
  }

  @inline(__always)
  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 64 { return (ascii.0 >> UInt64(value)) & 1 == 1 }
    if value < 128 { return (ascii.1 >> UInt64(value - 64)) & 1 == 1 }
    return decide(scalar)
  }

  private func decide(_ scalar: Unicode.Scalar) -> Bool {
    let equals = ignoresCase ? PythonCase.variants(of: scalar) : [scalar]
    return items.contains { item in
      switch item {
      case .range(let range): equals.contains(where: range.contains)
      case .word(let expected): PythonScalarClass.isWord(scalar, dialect) == expected
      case .digit(let expected): PythonScalarClass.isDigit(scalar) == expected
      case .space(let expected): PythonScalarClass.isSpace(scalar, dialect) == expected
      }
    } != isNegated
  }
}

/// The classes `\w`, `\d` and `\s`.
enum PythonScalarClass {
  static func isWord(_ scalar: Unicode.Scalar, _ dialect: PythonPatternDialect) -> Bool {
    let value = scalar.value
    if value < 128 {
      return (0x30...0x39).contains(value) || (0x41...0x5A).contains(value)
        || (0x61...0x7A).contains(value) || value == 0x5F
    }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber:
      return true
    case .otherNumber: return dialect == .standard
    case .nonspacingMark, .spacingMark, .enclosingMark, .connectorPunctuation:
      return dialect == .extended
    default:
      return dialect == .extended && (properties.isAlphabetic || properties.isJoinControl)
    }
  }

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      ? ("0"..."9").contains(scalar) : scalar.properties.generalCategory == .decimalNumber
  }

  static func isSpace(_ scalar: Unicode.Scalar, _ dialect: PythonPatternDialect) -> Bool {
    // Only the information separators differ.
    PythonText.isWhitespace(scalar)
      && (dialect == .standard || !(0x1C...0x1F).contains(scalar.value))
  }
}

/// Which scalars are equal where a pattern ignores case.
enum PythonCase {
  /// Every scalar with the same simple lowercase mapping that one mapping away, and those that share
  /// only their capital.
  static func variants(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    let lower = PythonText.lowercasingSimply(scalar)
    let lowers = [lower] + (sharedCapitals[lower] ?? [])
    return lowers + lowers.compactMap(capital)
      + (lowers.contains("k") ? ["\u{212A}"] : lowers.contains("å") ? ["\u{212B}"] : [])
      + (lowers.contains("ω") ? ["\u{2126}"] : lowers.contains("i") ? ["\u{130}"] : [])
      + (lowers.contains("θ") ? ["\u{3F4}"] : lowers.contains("ß") ? ["\u{1E9E}"] : []) + [scalar]
  }

  static func areEqual(_ one: Unicode.Scalar, _ other: Unicode.Scalar) -> Bool {
    if one == other { return true }
    let (one, other) = (PythonText.lowercasingSimply(one), PythonText.lowercasingSimply(other))
    return one == other || sharedCapitals[one]?.contains(other) == true
  }

  private static func capital(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    let mapping = scalar.properties.uppercaseMapping.unicodeScalars
    return mapping.count == 1 ? mapping.first : nil
  }

  /// Lowercase scalars whose capitals are one, with the others of the group.
  private static let sharedCapitals: [Unicode.Scalar: [Unicode.Scalar]] = {
    let groups: [[UInt32]] = [
      [0x69, 0x131], [0x73, 0x17F], [0xB5, 0x3BC], [0x345, 0x3B9, 0x1FBE], [0x390, 0x1FD3],
      [0x3B0, 0x1FE3], [0x3B2, 0x3D0], [0x3B5, 0x3F5], [0x3B8, 0x3D1], [0x3BA, 0x3F0],
      [0x3C0, 0x3D6], [0x3C1, 0x3F1], [0x3C2, 0x3C3], [0x3C6, 0x3D5], [0x432, 0x1C80],
      [0x434, 0x1C81], [0x43E, 0x1C82], [0x441, 0x1C83], [0x442, 0x1C84, 0x1C85],
      [0x44A, 0x1C86], [0x463, 0x1C87], [0x1C88, 0xA64B], [0x1E61, 0x1E9B], [0xFB05, 0xFB06],
    ]
    var table: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    for group in groups.map({ $0.compactMap(Unicode.Scalar.init) }) {
      for member in group { table[member] = group.filter { $0 != member } }
    }
    return table
  }()
}
