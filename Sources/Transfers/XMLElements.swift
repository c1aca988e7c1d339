/// The few elements of S3's answers that are needed, found without a document tree.
///
/// S3's listings are flat: an element's content ends at its own end tag. What does not look as
/// expected is not found, and the caller says so; nothing here can fail otherwise.
package enum XMLElements {
  /// The contents of all elements of a name, in order, not decoded.
  package static func all(_ name: String, in text: some StringProtocol) -> [Substring] {
    let text = Substring(text)
    var found: [Substring] = []
    var rest = text
    while let start = nextStart(of: name, in: rest) {
      if start.isEmpty {
        found.append(rest[start.end..<start.end])
        rest = rest[start.end...]
      } else if let end = range(of: "</\(name)>", in: rest[start.end...]) {
        found.append(rest[start.end..<end.lowerBound])
        rest = rest[end.upperBound...]
      } else {
        break
      }
    }
    return found
  }

  /// The decoded content of the first element of a name.
  package static func first(_ name: String, in text: some StringProtocol) -> String? {
    let text = Substring(text)
    guard let start = nextStart(of: name, in: text) else { return nil }
    if start.isEmpty { return "" }
    guard let end = range(of: "</\(name)>", in: text[start.end...]) else { return nil }
    return decoded(String(text[start.end..<end.lowerBound]))
  }

  /// Replaces character references (XML 1.0, section 4.1).
  package static func decoded(_ text: String) -> String {
    guard text.utf8.contains(0x26) else { return text }
    var result = ""
    var rest = Substring(text)
    while let mark = rest.firstIndex(of: "&") {
      result += rest[..<mark]
      rest = rest[rest.index(after: mark)...]
      // A name of a dozen characters at most, and none of a second reference.
      guard let end = rest.prefix(12).firstIndex(where: { $0 == ";" || $0 == "&" }),
        rest[end] == ";"
      else {
        result += "&"
        continue
      }
      let name = rest[..<end]
      if let character = reference(name) {
        result += character
      } else {
        result += "&\(name);"
      }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private static func reference(_ name: Substring) -> String? {
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      guard name.hasPrefix("#") else { return nil }
      let digits = name.dropFirst()
      let number =
        digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      return number.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
    }
  }

  /// The end of the next start tag of a name, and whether the element ends with it.
  private static func nextStart(
    of name: String, in text: Substring
  ) -> (end: Substring.Index, isEmpty: Bool)? {
    var rest = text
    while let open = range(of: "<\(name)", in: rest) {
      rest = rest[open.upperBound...]
      // <Key> is not the start of <KeyCount>.
      guard let next = rest.utf8.first, [0x3E, 0x2F, 0x20, 0x09, 0x0A, 0x0D].contains(next) else {
        continue
      }
      guard let close = rest.utf8.firstIndex(of: 0x3E) else { return nil }
      let isEmpty = close > rest.startIndex && rest.utf8[rest.utf8.index(before: close)] == 0x2F
      return (rest.utf8.index(after: close), isEmpty)
    }
    return nil
  }

  /// Where a text of ASCII is, compared byte by byte.
  private static func range(
    of pattern: String, in text: Substring
  ) -> Range<Substring.Index>? {
    let wanted = Array(pattern.utf8)
    let bytes = text.utf8
    var start = bytes.startIndex
    while let first = bytes[start...].firstIndex(of: wanted[0]) {
      if bytes[first...].starts(with: wanted) {
        return first..<bytes.index(first, offsetBy: wanted.count)
      }
      start = bytes.index(after: first)
    }
    return nil
  }
}
