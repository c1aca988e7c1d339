/// Reads JSON as Python's `json` reads it: strict but for `NaN`, `Infinity` and `-Infinity`.
package struct PythonJSONParser {
  /// What is wrong, and at which byte.
  package struct Fault: Error, Equatable, CustomStringConvertible {
    package var offset: Int
    package var expected: String
    package var found: String

    package var description: String { "byte \(offset): expected \(expected), found \(found)" }
  }

  /// Deeper than any results file, and shallow enough for any stack.
  private static let maximumDepth = 128

  private let bytes: [UInt8]
  private var position = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Returns the one value that the bytes hold.
  package static func value(of bytes: [UInt8]) throws(Fault) -> PythonJSON {
    var parser = PythonJSONParser(bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.fault("the end") }
    return value
  }

  private func fault(_ expected: String) -> Fault {
    guard position < bytes.count else {
      return Fault(offset: position, expected: expected, found: "the end of the file")
    }
    let byte = bytes[position]
    let isPrintable = (0x21..<0x7F).contains(byte)
    return Fault(
      offset: position, expected: expected,
      found: isPrintable
        ? "\"\(Unicode.Scalar(byte))\"" : "byte 0x\(String(byte, radix: 16, uppercase: true))")
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count - position >= count else { return false }
    let isSame = text.withUTF8Buffer { $0.elementsEqual(bytes[position..<position + count]) }
    if isSame { position += count }
    return isSame
  }

  private mutating func value(depth: Int) throws(Fault) -> PythonJSON {
    skipSpace()
    guard depth <= Self.maximumDepth else {
      throw fault("at most \(Self.maximumDepth) levels of lists and objects")
    }
    guard position < bytes.count else { throw fault("a value") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    default: break
    }
    if take("null") { return .null }
    if take("true") { return .bool(true) }
    if take("false") { return .bool(false) }
    if take("NaN") { return .number(.nan) }
    if take("Infinity") { return .number(.infinity) }
    if take("-Infinity") { return .number(-.infinity) }
    return try number()
  }

  private mutating func object(depth: Int) throws(Fault) -> PythonJSON {
    position += 1
    var entries: [(key: String, value: PythonJSON)] = []
    skipSpace()
    if take("}") { return .object(entries) }
    while true {
      skipSpace()
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
        throw fault("a key in quotes")
      }
      let key = try string()
      skipSpace()
      guard take(":") else { throw fault("\":\"") }
      entries.append((key, try value(depth: depth + 1)))
      skipSpace()
      if take("}") { return .object(entries) }
      guard take(",") else { throw fault("\",\" or \"}\"") }
    }
  }

  private mutating func array(depth: Int) throws(Fault) -> PythonJSON {
    position += 1
    var values: [PythonJSON] = []
    skipSpace()
    if take("]") { return .array(values) }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return .array(values) }
      guard take(",") else { throw fault("\",\" or \"]\"") }
    }
  }

  private mutating func number() throws(Fault) -> PythonJSON {
    let start = position
    _ = take("-")
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else {
      position = start
      throw fault("a value")
    }
    var isInteger = true
    if take(".") {
      isInteger = false
      guard digits() > 0 else { throw fault("a digit") }
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("+") { _ = take("-") }
      guard digits() > 0 else { throw fault("a digit") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text) else { throw fault("a number") }
    return .number(value)
  }

  private mutating func digits() -> Int {
    let start = position
    while position < bytes.count, (0x30..<0x3A).contains(bytes[position]) { position += 1 }
    return position - start
  }

  private mutating func string() throws(Fault) -> String {
    position += 1
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw Fault(offset: position - 1, expected: "a string in UTF-8", found: "other bytes")
        }
        return string
      case UInt8(ascii: "\\"): text.append(contentsOf: try escape().utf8)
      case 0..<0x20: throw fault("a character, control characters escaped")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw fault("\"\\\"\"")
  }

  private mutating func escape() throws(Fault) -> String {
    position += 1
    for (name, value) in Self.escapes where take(name) { return value }
    guard take("u") else { throw fault("an escape") }
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return String(Character(scalar)) }
    // A pair of surrogates is one character; half of one is none.
    guard (0xD800..<0xDC00).contains(first), take("\\u") else {
      throw fault("the second half of a surrogate pair")
    }
    let second = try hexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw fault("the second half of a surrogate pair") }
    return String(Character(scalar))
  }

  private mutating func hexadecimal() throws(Fault) -> UInt32 {
    let end = position + 4
    guard end <= bytes.count,
      bytes[position..<end].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16)
    else { throw fault("four hexadecimal digits") }
    position = end
    return value
  }

  private static let escapes: [(StaticString, String)] = [
    ("\"", "\""), ("\\", "\\"), ("/", "/"), ("b", "\u{8}"), ("f", "\u{C}"), ("n", "\n"),
    ("r", "\r"), ("t", "\t"),
  ]
}
