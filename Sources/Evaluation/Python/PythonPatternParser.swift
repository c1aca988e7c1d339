/// Reads the regular expressions of Python's `re`: everything but conditional groups.
struct PythonPatternParser {
  struct Flags {
    var ignoresCase = false
    var isMultiline = false
    var dotMatchesAll = false
  }

  /// Nested groups are read by recursion, so that their depth has a limit.
  private static let maximumDepth = 100

  private let source: String
  private let scalars: [Unicode.Scalar]
  private let dialect: PythonPatternDialect
  private var flags: Flags
  private var position = 0
  private var depth = 0
  private var names: [String: Int] = [:]
  private(set) var groupCount = 0

  init(_ source: String, flags: Flags, dialect: PythonPatternDialect) {
    self.source = source
    scalars = Array(source.unicodeScalars)
    self.flags = flags
    self.dialect = dialect
  }

  mutating func parse() throws(PythonPatternError) -> PythonPatternNode {
    while starts(with: "(?"), let end = scalars[position...].firstIndex(of: ")"),
      scalars[(position + 2)..<end].allSatisfy({ "aimsu".unicodeScalars.contains($0) }),
      end > position + 2
    {
      for scalar in scalars[(position + 2)..<end] { set(scalar, true) }
      position = end + 1
    }
    let node = try choice()
    guard position == scalars.count else { throw malformed("a parenthesis closes no group") }
    return node
  }

  private mutating func choice() throws(PythonPatternError) -> PythonPatternNode {
    var alternatives = [try sequence()]
    while take("|") { alternatives.append(try sequence()) }
    return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
  }

  private mutating func sequence() throws(PythonPatternError) -> PythonPatternNode {
    var nodes: [PythonPatternNode] = []
    while let scalar = peek, scalar != "|", scalar != ")" {
      let start = position
      let atom = try self.atom()
      if let bounds = try repetition() {
        if case .assertion = atom, scalars[start] != "(" {
          throw malformed("nothing to repeat", at: start)
        }
        var appetite = PythonPatternNode.Appetite.greedy
        if take("?") { appetite = .lazy } else if take("+") { appetite = .possessive }
        let more = position
        if try repetition() != nil { throw malformed("a repetition of a repetition", at: more) }
        nodes.append(
          .repeated(atom, minimum: bounds.minimum, maximum: bounds.maximum, appetite: appetite))
      } else {
        nodes.append(atom)
      }
    }
    return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
  }

  /// Reads `*`, `+`, `?` or `{m,n}`, if one follows. A brace that is no repetition is a literal.
  private mutating func repetition() throws(PythonPatternError) -> (minimum: Int, maximum: Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    let start = position
    guard take("{"), peek != "}" else {
      position = start
      return nil
    }
    let low = digits()
    let isExact = !take(",")
    let high = isExact ? low : digits()
    guard take("}"), !(isExact && low.isEmpty) else {
      position = start
      return nil
    }
    let minimum = low.isEmpty ? 0 : Int(low)
    let maximum = high.isEmpty ? nil : Int(high)
    guard let minimum, high.isEmpty || maximum != nil, maximum.map({ $0 >= minimum }) ?? true else {
      throw malformed("the bounds of a repetition are not numbers in rising order", at: start)
    }
    return (minimum, maximum)
  }

  private mutating func atom() throws(PythonPatternError) -> PythonPatternNode {
    let start = position
    let scalar = scalars[position]
    position += 1
    switch scalar {
    case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$": return .assertion(flags.isMultiline ? .lineEnd : .lastLineEnd)
    case ".":
      return .scalar(set(flags.dotMatchesAll ? [] : [.range("\n"..."\n")], isNegated: true))
    case "[": return .scalar(try bracket(from: start))
    case "(": return try group(from: start)
    case "\\": return try escape(from: start)
    case "*", "+", "?": throw malformed("nothing to repeat", at: start)
    default: return literal(scalar)
    }
  }

  private func literal(_ scalar: Unicode.Scalar) -> PythonPatternNode {
    .scalar(set([.range(scalar...scalar)]))
  }

  private func set(
    _ items: [PythonScalarSet.Item], isNegated: Bool = false
  ) -> PythonScalarSet {
    PythonScalarSet(
      items, isNegated: isNegated, ignoresCase: flags.ignoresCase, dialect: dialect)
  }

  private mutating func group(from start: Int) throws(PythonPatternError) -> PythonPatternNode {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.maximumDepth { throw malformed("groups nest too deep", at: start) }
    let outer = flags
    defer { flags = outer }
    var wrap: (PythonPatternNode) -> PythonPatternNode = { $0 }
    if take("?") {
      if take("#") {
        while let scalar = peek, scalar != ")" { position += 1 + (scalar == ")" ? 1 : 0) }
        guard take(")") else { throw malformed("a comment has no end", at: start) }
        return .empty
      } else if take("=") {
        wrap = { .look($0, isAhead: true, isNegated: false) }
      } else if take("!") {
        wrap = { .look($0, isAhead: true, isNegated: true) }
      } else if take(">") {
        wrap = { .atomic($0) }
      } else if starts(with: "<=") || starts(with: "<!") {
        let isNegated = scalars[position + 1] == "!"
        position += 2
        wrap = { .look($0, isAhead: false, isNegated: isNegated) }
      } else if take("P") {
        if take("=") { return try namedReference(from: start) }
        guard take("<"), let name = name(until: ">"), names[name] == nil else {
          throw malformed("a group's name is missing, empty or taken", at: start)
        }
        names[name] = groupCount + 1
        wrap = numbered()
      } else {
        try scopedFlags(from: start)
      }
    } else {
      wrap = numbered()
    }
    let body = try choice()
    guard take(")") else { throw malformed("a group has no end", at: start) }
    let node = wrap(body)
    if case .look(_, false, _) = node, body.width == nil {
      throw malformed("what is looked for behind has no fixed width", at: start)
    }
    return node
  }

  private mutating func numbered() -> (PythonPatternNode) -> PythonPatternNode {
    groupCount += 1
    let number = groupCount
    return { .group($0, number: number) }
  }

  private mutating func namedReference(
    from start: Int
  ) throws(PythonPatternError) -> PythonPatternNode {
    guard let name = name(until: ")"), let number = names[name] else {
      throw malformed("no group has the name", at: start)
    }
    return .backreference(number: number, ignoresCase: flags.ignoresCase)
  }

  private mutating func scopedFlags(from start: Int) throws(PythonPatternError) {
    var isOn = true
    while !take(":") {
      guard let scalar = peek else { throw malformed("a group has no end", at: start) }
      position += 1
      if scalar == "-", isOn {
        isOn = false
      } else if "imsu".unicodeScalars.contains(scalar) {
        set(scalar, isOn)
      } else {
        throw malformed("a group of unknown kind", at: start)
      }
    }
  }

  private mutating func set(_ flag: Unicode.Scalar, _ isOn: Bool) {
    switch flag {
    case "i": flags.ignoresCase = isOn
    case "m": flags.isMultiline = isOn
    case "s": flags.dotMatchesAll = isOn
    default: break
    }
  }

  private mutating func escape(from start: Int) throws(PythonPatternError) -> PythonPatternNode {
    switch peek {
    case "A": position += 1; return .assertion(.textStart)
    case "Z": position += 1; return .assertion(.textEnd)
    case "b": position += 1; return .assertion(.wordBoundary)
    case "B": position += 1; return .assertion(.noWordBoundary)
    default: break
    }
    if let first = peek, ("1"..."9").contains(first) {
      let number = Int(String(digits(atMost: 2))) ?? 0
      guard number <= groupCount else { throw malformed("no group \(number) before", at: start) }
      return .backreference(number: number, ignoresCase: flags.ignoresCase)
    }
    return .scalar(set([try escapedItem(from: start)]))
  }

  /// What follows a backslash, inside brackets or outside.
  private mutating func escapedItem(
    from start: Int
  ) throws(PythonPatternError) -> PythonScalarSet.Item {
    guard let scalar = peek else { throw malformed("a backslash at the end", at: start) }
    position += 1
    switch scalar {
    case "w", "W": return .word(scalar == "w")
    case "d", "D": return .digit(scalar == "d")
    case "s", "S": return .space(scalar == "s")
    case "x": return try numbered(digits: 2, from: start)
    case "u": return try numbered(digits: 4, from: start)
    case "U": return try numbered(digits: 8, from: start)
    default: break
    }
    if let control = PythonEscape.controls[scalar] { return .range(control...control) }
    if scalar == "0" { return .range("\0"..."\0") }
    if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
      throw malformed("the escape \\\(scalar) has no meaning", at: start)
    }
    return .range(scalar...scalar)
  }

  private mutating func numbered(
    digits count: Int, from start: Int
  ) throws(PythonPatternError) -> PythonScalarSet.Item {
    let text = PythonText.string(scalars[position...].prefix(count))
    guard text.utf8.count == count, text.utf8.allSatisfy(PythonEscape.isHexadecimal),
      let scalar = UInt32(text, radix: 16).flatMap(Unicode.Scalar.init)
    else { throw malformed("expected \(count) hexadecimal digits of a character", at: start) }
    position += count
    return .range(scalar...scalar)
  }

  private mutating func bracket(from start: Int) throws(PythonPatternError) -> PythonScalarSet {
    let isNegated = take("^")
    var items: [PythonScalarSet.Item] = []
    var isFirst = true
    while isFirst || peek != "]" {
      isFirst = false
      let low = try bracketItem(from: start)
      if starts(with: "-"), position + 1 < scalars.count, scalars[position + 1] != "]" {
        let dash = position
        position += 1
        guard case .range(let first) = low, case .range(let last) = try bracketItem(from: start),
          first.lowerBound <= last.lowerBound
        else { throw malformed("a range in brackets that does not rise", at: dash) }
        items.append(.range(first.lowerBound...last.lowerBound))
      } else {
        items.append(low)
      }
    }
    position += 1
    return set(items, isNegated: isNegated)
  }

  private mutating func bracketItem(
    from start: Int
  ) throws(PythonPatternError) -> PythonScalarSet.Item {
    guard let scalar = peek else { throw malformed("brackets have no end", at: start) }
    position += 1
    guard scalar == "\\" else { return .range(scalar...scalar) }
    if take("b") { return .range("\u{8}"..."\u{8}") }
    return try escapedItem(from: position - 1)
  }

  // MARK: Scanning

  private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private func starts(with text: String) -> Bool {
    scalars[position...].starts(with: text.unicodeScalars)
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    if peek != scalar { return false }
    position += 1
    return true
  }

  private mutating func digits(atMost limit: Int = .max) -> String {
    let run = scalars[position...].prefix { ("0"..."9").contains($0) }.prefix(limit)
    position += run.count
    return PythonText.string(run)
  }

  private mutating func name(until end: Unicode.Scalar) -> String? {
    guard let index = scalars[position...].firstIndex(of: end), index > position else { return nil }
    defer { position = index + 1 }
    return PythonText.string(scalars[position..<index])
  }

  private func malformed(_ reason: String, at offset: Int? = nil) -> PythonPatternError {
    .malformed(pattern: source, offset: offset ?? position, reason: reason)
  }
}
