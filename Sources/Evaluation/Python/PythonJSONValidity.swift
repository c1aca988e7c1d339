/// Whether `json.loads` takes a text: RFC 8259 with Python's liberties.
///
/// `NaN`, `Infinity` and `-Infinity` are values; escapes may name half a surrogate pair; a byte order
/// mark, a control character in a string and an integer of more than 4,300 digits are refused. Depth
/// has no limit, where Python stops with an error of its own near a thousand.
package struct PythonJSONValidity {
  /// `sys.get_int_max_str_digits()`.
  private static let maximumDigits = 4_300

  private enum Container { case array, object }

  private let bytes: [UInt8]
  private var position = 0

  package static func isValid(_ text: String) -> Bool {
    var reader = PythonJSONValidity(bytes: Array(text.utf8))
    return reader.readDocument()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Walks with a list of what is open instead of recursion, so that depth costs a byte a level.
  private mutating func readDocument() -> Bool {
    var open: [Container] = []
    skipBlanks()
    while true {
      // A value begins here.
      if take("{") {
        skipBlanks()
        if !take("}") {
          guard readKey() else { return false }
          open.append(.object)
          continue
        }
      } else if take("[") {
        skipBlanks()
        if !take("]") {
          open.append(.array)
          continue
        }
      } else if !readScalar() {
        return false
      }
      // A value ended here.
      while true {
        skipBlanks()
        guard let container = open.last else { return position == bytes.count }
        if take(",") {
          skipBlanks()
          if container == .object, !readKey() { return false }
          break
        }
        guard take(container == .object ? "}" : "]") else { return false }
        open.removeLast()
      }
    }
  }

  private mutating func readKey() -> Bool {
    guard readString() else { return false }
    skipBlanks()
    guard take(":") else { return false }
    skipBlanks()
    return true
  }

  private mutating func readScalar() -> Bool {
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return readString() }
    for word in ["null", "true", "false", "NaN", "Infinity", "-Infinity"]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return true
    }
    return readNumber()
  }

  private mutating func readString() -> Bool {
    guard take("\"") else { return false }
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") { return true }
      if byte < 0x20 { return false }
      guard byte == UInt8(ascii: "\\") else { continue }
      guard position < bytes.count else { return false }
      let escape = bytes[position]
      position += 1
      if escape == UInt8(ascii: "u") {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy(PythonEscape.isHexadecimal) else { return false }
        position += 4
      } else if !"\"\\/bfnrt".utf8.contains(escape) {
        return false
      }
    }
    return false
  }

  private mutating func readNumber() -> Bool {
    _ = take("-")
    let digits = takeDigits()
    if digits == 0 { return false }
    if digits > 1, bytes[position - digits] == UInt8(ascii: "0") {
      // The number is the zero; the digits after it are something else.
      return false
    }
    var isInteger = true
    let end = position
    if take(".") {
      if takeDigits() > 0 { isInteger = false } else { position = end }
    }
    let mantissaEnd = position
    if take("e") || take("E") {
      _ = take("+") || take("-")
      if takeDigits() > 0 { isInteger = false } else { position = mantissaEnd }
    }
    return !isInteger || digits <= Self.maximumDigits
  }

  private mutating func takeDigits() -> Int {
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    return position - start
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while position < bytes.count, " \t\n\r".utf8.contains(bytes[position]) { position += 1 }
  }
}
