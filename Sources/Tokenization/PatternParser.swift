/// Reads the regular expressions that pre-tokenizers are written with.
///
/// Characters, escapes, classes, groups, `(?i:…)` of ASCII, alternatives, greedy, lazy and counted
/// repeats, possessive ones where they equal greedy ones, and a look at the next character
/// (`(?!\S)`, `(?=\p{L})`, `$`). All else is an error that says where it stands.
struct PatternParser {
  private let text: [Unicode.Scalar]
  private let language: PatternLanguage
  private var position = 0
  private var depth = 0

  /// Enough for every pattern that has been published, and little enough for any stack.
  private static let maximumDepth = 40
  private static let maximumCount = 256
  /// In characters, so that what a pattern costs to prepare is bounded; o200k's has 400.
  private static let maximumLength = 8_192

  static func parse(
    _ pattern: String, _ language: PatternLanguage
  ) throws(PatternError) -> PatternNode {
    guard pattern.utf8.count <= maximumLength else {
      throw PatternError(
        offset: 0, expected: "a pattern of at most \(maximumLength) bytes",
        found: "\(pattern.utf8.count)")
    }
    var parser = PatternParser(text: Array(pattern.unicodeScalars), language: language)
    let node = try parser.alternatives(ignoringCase: false)
    guard parser.position == parser.text.count else {
      throw parser.failure("the end of the pattern")
    }
    guard !node.isNullable else {
      throw PatternError(
        offset: 0, expected: "a pattern that takes at least one character",
        found: "one that can match nothing")
    }
    return node
  }

  private init(text: [Unicode.Scalar], language: PatternLanguage) {
    self.text = text
    self.language = language
  }

  private func failure(_ expected: String) -> PatternError {
    PatternError(
      offset: position, expected: expected,
      found: position < text.count
        ? "'\(String(String.UnicodeScalarView(text[position...].prefix(12))))'" : "its end")
  }

  private func looking(at string: String) -> Bool {
    text[position...].starts(with: string.unicodeScalars)
  }

  private mutating func skip(_ string: String) -> Bool {
    guard looking(at: string) else { return false }
    position += string.unicodeScalars.count
    return true
  }

  private mutating func alternatives(ignoringCase: Bool) throws(PatternError) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else {
      throw failure("groups nested at most \(Self.maximumDepth) deep")
    }
    var choices = [try sequence(ignoringCase: ignoringCase)]
    while skip("|") { choices.append(try sequence(ignoringCase: ignoringCase)) }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func sequence(ignoringCase: Bool) throws(PatternError) -> PatternNode {
    var nodes: [PatternNode] = []
    /// Where a possessive repeat stands, and what it takes.
    var possessive: [(index: Int, set: CodePointSet, offset: Int)] = []
    while position < text.count, text[position] != "|", text[position] != ")" {
      let start = position
      let atom = try atom(ignoringCase: ignoringCase)
      let (node, isPossessive) = try quantified(atom)
      if isPossessive { possessive.append((nodes.count, atom.firstCharacters, start)) }
      nodes.append(node)
    }
    for (index, set, offset) in possessive {
      // What follows cannot begin with what the repeat takes, so giving back would gain nothing.
      let rest = PatternNode.sequence(Array(nodes[(index + 1)...]))
      // Inside a group, what follows is not known here.
      guard depth == 1, rest.firstCharacters.isDisjoint(with: set) else {
        throw PatternError(
          offset: offset, expected: "a possessive repeat that what follows cannot begin with",
          found: "one that it can")
      }
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func quantified(
    _ atom: PatternNode
  ) throws(PatternError) -> (PatternNode, isPossessive: Bool) {
    let start = position
    var minimum = 0
    var maximum: Int?
    if skip("?") {
      maximum = 1
    } else if skip("+") {
      minimum = 1
    } else if skip("{") {
      (minimum, maximum) = try counts()
    } else if !skip("*") {
      return (atom, false)
    }
    guard !atom.isNullable else {
      position = start
      throw failure("a repeat of something that takes at least one character")
    }
    let isCounted = text[start] == "{"
    let isLazy = skip("?")
    let isPossessive = !isLazy && skip("+")
    if isPossessive {
      // `{1,3}+` repeats a repeat in Oniguruma.
      guard case .character = atom, !(isCounted && language == .oniguruma) else {
        position -= 1
        throw failure("a possessive repeat of one character")
      }
    }
    if position < text.count, ["*", "+", "?", "{"].contains(text[position]) {
      throw failure("one repeat at a time")
    }
    return (.repeated(atom, minimum: minimum, maximum: maximum, isLazy: isLazy), isPossessive)
  }

  /// `3}`, `1,3}` or `1,}`.
  private mutating func counts() throws(PatternError) -> (Int, Int?) {
    let minimum = try count()
    var maximum: Int? = minimum
    if skip(",") { maximum = looking(at: "}") ? nil : try count() }
    guard skip("}") else { throw failure("'}'") }
    guard maximum ?? minimum >= minimum else { throw failure("counts in ascending order") }
    return (minimum, maximum)
  }

  private mutating func count() throws(PatternError) -> Int {
    var value = 0
    let start = position
    while position < text.count, let digit = digit(text[position], base: 10) {
      value = value * 10 + digit
      position += 1
      guard value <= Self.maximumCount else {
        throw failure("a count of at most \(Self.maximumCount)")
      }
    }
    guard position > start else { throw failure("a count") }
    return value
  }

  private mutating func atom(ignoringCase: Bool) throws(PatternError) -> PatternNode {
    if skip("(") { return try group(ignoringCase: ignoringCase) }
    if looking(at: "[") {
      return .character(try characterClass(ignoringCase: ignoringCase))
    }
    switch text[position] {
    case "*", "+", "?", "{", "^", ")":
      throw failure("a character, a class or a group")
    case "$":
      // In Oniguruma, a line's end.
      guard language == .rust else { throw failure("a character, a class or a group") }
      position += 1
      return .next(.empty, allowsEnd: true)
    case ".":
      position += 1
      return .character(CodePointSet(0x0A).inverted)
    case "\\":
      return .character(try escape(ignoringCase: ignoringCase))
    default:
      position += 1
      return .character(try single(text[position - 1], ignoringCase: ignoringCase))
    }
  }

  private mutating func group(ignoringCase: Bool) throws(PatternError) -> PatternNode {
    var ignoresCase = ignoringCase
    var lookahead: Bool?
    if skip("?i:") {
      ignoresCase = true
    } else if skip("?-i:") {
      ignoresCase = false
    } else if skip("?=") {
      lookahead = true
    } else if skip("?!") {
      lookahead = false
    } else if looking(at: "?"), !skip("?:") {
      throw failure("one of (?: (?i: (?-i: (?= (?!")
    }
    let start = position
    let node = try alternatives(ignoringCase: ignoresCase)
    guard skip(")") else { throw failure("')'") }
    guard let lookahead else { return node }
    guard case .character(let set) = node else {
      position = start
      throw failure("a look at a single character")
    }
    return .next(lookahead ? set : set.inverted, allowsEnd: !lookahead)
  }

  /// The set of one character, in either case if asked for.
  fileprivate func single(
    _ scalar: Unicode.Scalar, ignoringCase: Bool
  ) throws(PatternError) -> CodePointSet {
    guard ignoringCase else { return CodePointSet(scalar.value) }
    guard scalar.isASCII else { throw failure("ASCII characters where case is ignored") }
    let value = scalar.value
    guard ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) else {
      return CodePointSet(value)
    }
    // Unicode's simple case folding knows two more letters that fold to ASCII.
    switch value | 0x20 {
    case 0x73: return CodePointSet(0x53, 0x73, 0x17F)  // ſ
    case 0x6B: return CodePointSet(0x4B, 0x6B, 0x212A)  // the Kelvin sign
    default: return CodePointSet(value | 0x20, value & ~0x20)
    }
  }

  /// An escape, from its backslash on.
  fileprivate mutating func escape(ignoringCase: Bool) throws(PatternError) -> CodePointSet {
    let start = position
    position += 1
    guard position < text.count else { throw failure("a character after '\\'") }
    let letter = text[position]
    position += 1
    switch letter {
    case "r": return CodePointSet(0x0D)
    case "n": return CodePointSet(0x0A)
    case "t": return CodePointSet(0x09)
    case "f": return CodePointSet(0x0C)
    case "v": return CodePointSet(0x0B)
    case "s": return CodePointSets.whitespace
    case "S": return CodePointSets.whitespace.inverted
    case "d": return CodePointSets.decimalDigits
    case "D": return CodePointSets.decimalDigits.inverted
    case "w", "W":
      let set =
        language == .rust
        ? CodePointSets.wordCharacters : CodePointSets.wordCharactersOfOniguruma
      return letter == "w" ? set : set.inverted
    case "p": return try property()
    case "P": return try property().inverted
    case "x", "u":
      return try single(hexadecimal(digits: letter == "x" ? 2 : 4), ignoringCase: ignoringCase)
    default:
      guard letter.isASCII, digit(letter, base: 36) == nil else {
        position = start
        throw failure("one of \\r \\n \\t \\f \\v \\s \\d \\w \\p \\x \\u or escaped punctuation")
      }
      return CodePointSet(letter.value)
    }
  }

  /// `{L}`, `{^L}` or `L`, after the `\p`.
  private mutating func property() throws(PatternError) -> CodePointSet {
    let start = position
    var name = ""
    if skip("{") {
      while position < text.count, text[position] != "}" {
        name.unicodeScalars.append(text[position])
        position += 1
      }
      position += 1
    } else if position < text.count {
      name.unicodeScalars.append(text[position])
      position += 1
    }
    let isNegated = name.hasPrefix("^")
    guard position <= text.count,
      let set = CodePointSets.category(isNegated ? String(name.dropFirst()) : name)
    else {
      position = start
      throw failure("a general category such as {L} or {Lu}")
    }
    return isNegated ? set.inverted : set
  }

  private mutating func hexadecimal(digits: Int) throws(PatternError) -> Unicode.Scalar {
    let start = position
    let isBraced = skip("{")
    var value: UInt32 = 0
    var count = 0
    while position < text.count, count < (isBraced ? 6 : digits),
      let digit = digit(text[position], base: 16)
    {
      value = value << 4 | UInt32(digit)
      position += 1
      count += 1
    }
    guard count > 0, isBraced || count == digits, !isBraced || skip("}"),
      let scalar = Unicode.Scalar(value)
    else {
      position = start
      throw failure("the hexadecimal digits of a code point")
    }
    return scalar
  }

  private func digit(_ scalar: Unicode.Scalar, base: Int) -> Int? {
    guard scalar.isASCII else { return nil }
    return Int(String(Character(scalar)), radix: base)
  }
}

/// `[…]`: members, ranges and escapes, or all but those.
extension PatternParser {
  fileprivate mutating func characterClass(
    ignoringCase: Bool
  ) throws(PatternError) -> CodePointSet {
    position += 1
    let isNegated = skip("^")
    var ranges: [ClosedRange<UInt32>] = []
    while position < text.count, text[position] != "]" {
      guard !looking(at: "["), !looking(at: "&&"), !looking(at: "--"), !looking(at: "~~") else {
        throw failure("a member of the class")
      }
      let low = try member(ignoringCase: false)
      guard looking(at: "-"), position + 1 < text.count, text[position + 1] != "]",
        low.ranges.count == 1, low.ranges[0].count == 1
      else {
        for range in low.ranges where ignoringCase && range.count == 1 {
          guard let scalar = Unicode.Scalar(range.lowerBound) else { continue }
          ranges += try single(scalar, ignoringCase: true).ranges
        }
        ranges += low.ranges
        continue
      }
      position += 1
      let high = try member(ignoringCase: false)
      guard high.ranges.count == 1, high.ranges[0].count == 1,
        low.ranges[0].lowerBound <= high.ranges[0].lowerBound, !ignoringCase
      else { throw failure("a range in ascending order, with its case") }
      ranges.append(low.ranges[0].lowerBound...high.ranges[0].lowerBound)
    }
    guard !ranges.isEmpty, skip("]") else { throw failure("a member of the class or ']'") }
    let set = CodePointSet(ranges)
    return isNegated ? set.inverted : set
  }

  private mutating func member(ignoringCase: Bool) throws(PatternError) -> CodePointSet {
    if looking(at: "\\") { return try escape(ignoringCase: ignoringCase) }
    guard position < text.count else { throw failure("a member of the class") }
    position += 1
    return CodePointSet(text[position - 1].value)
  }
}
