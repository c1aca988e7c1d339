/// Why a text is no Python literal that a document's field can hold.
package struct PythonLiteralError: Error, Sendable, Equatable, CustomStringConvertible {
  /// In scalars from the text's start.
  package var offset: Int
  package var expected: String
  package var found: String

  package var description: String {
    "a Python literal at character \(offset): expected \(expected), found \(found)"
  }
}

/// `ast.literal_eval`, as far as its values have a place in a `DocumentValue`: strings, numbers,
/// `None`, `True`, `False`, lists, tuples (as lists) and dictionaries with strings as keys.
///
/// Some benchmarks keep lists of records as text in one column, written with `repr`. Bytes, sets,
/// complex numbers, integers beyond 64 bits and names of characters are refused. Reference: the
/// Python Language Reference, "Lexical analysis" and `ast.literal_eval`.
package struct PythonLiteral {
  /// Lists in lists are read by recursion, so that their depth has a limit.
  private static let maximumDepth = 100

  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var depth = 0

  /// Evaluates a literal.
  ///
  /// - Throws: `PythonLiteralError` with the place, what should stand there and what does.
  package static func evaluate(_ text: String) throws(PythonLiteralError) -> DocumentValue {
    var reader = PythonLiteral(text)
    reader.skipBlanks(withNewlines: true)
    let value = try reader.tupleOrValue(until: nil)
    reader.skipBlanks(withNewlines: true)
    guard reader.peek == nil else { throw reader.unexpected("the end") }
    return value
  }

  private init(_ text: String) {
    // Python's reader of sources knows one kind of line end.
    let lineFeeds = PythonText.replacing("\r\n", with: "\n", in: Array(text.unicodeScalars))
    scalars = lineFeeds.map { $0 == "\r" ? "\n" : $0 }
  }

  private mutating func value() throws(PythonLiteralError) -> DocumentValue {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.maximumDepth {
      throw unexpected("at most \(Self.maximumDepth) literals in one another", found: "more")
    }
    switch peek {
    case "[":
      position += 1
      return .array(try elements(until: "]").values)
    case "(":
      position += 1
      let value = try tupleOrValue(until: ")")
      guard take(")") else { throw unexpected("a comma or a closing parenthesis") }
      return value
    case "{":
      position += 1
      return try dictionary()
    case "'", "\"": return .string(try strings())
    case "+", "-": return try signedNumber()
    case .some(let scalar) where ("0"..."9").contains(scalar) || scalar == ".":
      return try number(isNegative: false)
    default: return try nameOrPrefixedString()
    }
  }

  private mutating func nameOrPrefixedString() throws(PythonLiteralError) -> DocumentValue {
    let start = position
    let name = PythonText.string(
      scalars[position...].prefix { PythonScalarClass.isWord($0, .standard) })
    position += name.unicodeScalars.count
    switch name {
    case "None": return .null
    case "True": return .bool(true)
    case "False": return .bool(false)
    case "r", "R", "u", "U":
      if peek == "'" || peek == "\"" {
        position = start
        return .string(try strings())
      }
    default: break
    }
    position = start
    throw unexpected("a string, a number, None, True, False, a list, a tuple or a dictionary")
  }

  /// Reads what may be a tuple without its parentheses: `1, 2`.
  private mutating func tupleOrValue(
    until end: Unicode.Scalar?
  ) throws(PythonLiteralError) -> DocumentValue {
    let (values, hasComma) = try elements(until: end, consumesEnd: false)
    if hasComma || values.isEmpty && end != nil { return .array(values) }
    guard let value = values.first else { throw unexpected("a literal") }
    return value
  }

  private mutating func elements(
    until end: Unicode.Scalar?, consumesEnd: Bool = true
  ) throws(PythonLiteralError) -> (values: [DocumentValue], hasComma: Bool) {
    var values: [DocumentValue] = []
    var hasComma = false
    while true {
      skipBlanks(withNewlines: end != nil)
      if peek == end || (end == nil && peek == "\n" && hasComma) { break }
      values.append(try value())
      skipBlanks(withNewlines: end != nil)
      guard take(",") else { break }
      hasComma = true
    }
    if consumesEnd, let end, !take(end) { throw unexpected("a comma or \"\(end)\"") }
    return (values, hasComma)
  }

  private mutating func dictionary() throws(PythonLiteralError) -> DocumentValue {
    var fields: [String: DocumentValue] = [:]
    while true {
      skipBlanks(withNewlines: true)
      if take("}") { return .object(fields) }
      let start = position
      guard case .string(let key) = try value() else {
        position = start
        throw unexpected("a string as a key")
      }
      skipBlanks(withNewlines: true)
      guard take(":") else { throw unexpected("a colon") }
      skipBlanks(withNewlines: true)
      fields[key] = try value()
      skipBlanks(withNewlines: true)
      guard take(",") || peek == "}" else { throw unexpected("a comma or \"}\"") }
    }
  }

  // MARK: Numbers

  private mutating func signedNumber() throws(PythonLiteralError) -> DocumentValue {
    // One sign is a literal; two are an operation.
    let isNegative = take("-")
    if !isNegative { position += 1 }
    skipBlanks(withNewlines: depth > 1)
    return try number(isNegative: isNegative)
  }

  private mutating func number(isNegative: Bool) throws(PythonLiteralError) -> DocumentValue {
    let start = position
    while let scalar = peek {
      let isExponentSign =
        (scalar == "+" || scalar == "-") && position > start
        && "eE".unicodeScalars.contains(scalars[position - 1])
        && !PythonText.string(scalars[start..<position]).lowercased().hasPrefix("0x")
      guard
        scalar == "." || isExponentSign || PythonScalarClass.isWord(scalar, .standard)
      else { break }
      position += 1
    }
    let text = PythonText.string(scalars[start..<position])
    guard let value = PythonNumber.value(of: text, isNegative: isNegative) else {
      position = start
      throw unexpected("a number within 64 bits", found: "\"\(text.excerpt)\"")
    }
    return value
  }

  // MARK: Strings

  /// Reads adjacent strings as one.
  private mutating func strings() throws(PythonLiteralError) -> String {
    var text = String.UnicodeScalarView()
    repeat {
      try string(into: &text)
      let end = position
      skipBlanks(withNewlines: depth > 1)
      if !startsString { position = end }
    } while startsString
    return String(text)
  }

  private var startsString: Bool {
    guard let scalar = peek else { return false }
    if scalar == "'" || scalar == "\"" { return true }
    return "rRuU".unicodeScalars.contains(scalar) && position + 1 < scalars.count
      && (scalars[position + 1] == "'" || scalars[position + 1] == "\"")
  }

  private mutating func string(
    into text: inout String.UnicodeScalarView
  ) throws(PythonLiteralError) {
    let isRaw = peek == "r" || peek == "R"
    if isRaw || peek == "u" || peek == "U" { position += 1 }
    let start = position
    let quote = scalars[position]
    let isTriple = scalars[position...].starts(with: [quote, quote, quote])
    position += isTriple ? 3 : 1
    while let scalar = peek {
      if scalar == quote, !isTriple || scalars[position...].starts(with: [quote, quote, quote]) {
        position += isTriple ? 3 : 1
        return
      }
      if scalar == "\n", !isTriple { break }
      position += 1
      if scalar != "\\" {
        text.append(scalar)
      } else if isRaw {
        text.append(scalar)
        if let next = peek {
          text.append(next)
          position += 1
        }
      } else {
        try escape(into: &text)
      }
    }
    position = start
    throw unexpected("a string with its closing quote")
  }

  private mutating func escape(
    into text: inout String.UnicodeScalarView
  ) throws(PythonLiteralError) {
    guard let scalar = peek else { return }
    position += 1
    switch scalar {
    case "\n": return
    case "\\", "'", "\"": text.append(scalar)
    case "b": text.append("\u{8}")
    case "x": text.append(try numbered(digits: 2))
    case "u": text.append(try numbered(digits: 4))
    case "U": text.append(try numbered(digits: 8))
    case "N": throw unexpected("an escape with a number", found: "one with a name")
    case "0"..."7":
      let digits = scalars[(position - 1)...].prefix(3).prefix { ("0"..."7").contains($0) }
      position += digits.count - 1
      let value = digits.reduce(0) { $0 * 8 + ($1.value - 0x30) }
      text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
    default:
      if let control = PythonEscape.controls[scalar] {
        text.append(control)
      } else {
        // Python keeps a backslash that means nothing.
        text.append("\\")
        text.append(scalar)
      }
    }
  }

  private mutating func numbered(digits: Int) throws(PythonLiteralError) -> Unicode.Scalar {
    let text = PythonText.string(scalars[position...].prefix(digits))
    guard text.utf8.count == digits, text.utf8.allSatisfy(PythonEscape.isHexadecimal),
      let scalar = UInt32(text, radix: 16).flatMap(Unicode.Scalar.init)
    else { throw unexpected("\(digits) hexadecimal digits of a character") }
    position += digits
    return scalar
  }

  // MARK: Scanning

  private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    if peek != scalar { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks(withNewlines: Bool) {
    while let scalar = peek {
      if scalar == "#" {
        while let scalar = peek, scalar != "\n" { position += scalar == "\n" ? 0 : 1 }
      } else if scalar == " " || scalar == "\t" || scalar == "\u{C}"
        || withNewlines && scalar == "\n"
      {
        position += 1
      } else {
        return
      }
    }
  }

  private func unexpected(_ expected: String, found: String? = nil) -> PythonLiteralError {
    let rest = PythonText.string(scalars[min(position, scalars.count)...].prefix(61))
    return PythonLiteralError(
      offset: position, expected: expected,
      found: found ?? (rest.isEmpty ? "the end" : "\"\(rest.excerpt)\""))
  }
}
