/// What may be shown: names without what opens them, and servers' words without what a terminal
/// would obey.
package enum SecretFreeText {
  /// An address without user and password, and without the values of its query, which hold the
  /// signature of a presigned address.
  package static func address(_ address: String) -> String {
    var text = address
    if let scheme = text.range(of: "://") {
      let end = text[scheme.upperBound...].firstIndex { "/?#".contains($0) } ?? text.endIndex
      if let at = text[scheme.upperBound..<end].lastIndex(of: "@"), !text.hasPrefix("hf:") {
        text.removeSubrange(scheme.upperBound...at)
      }
    }
    if let fragment = text.firstIndex(of: "#"), text.hasPrefix("http") {
      text = String(text[..<fragment])
    }
    guard text.hasPrefix("http"), let mark = text.firstIndex(of: "?") else {
      return printable(text)
    }
    let items = text[text.index(after: mark)...].split(separator: "&").map { item in
      item.firstIndex(of: "=").map { "\(item[..<$0])=…" } ?? "…"
    }
    return printable("\(text[..<mark])?\(items.joined(separator: "&"))")
  }

  /// At most `limit` characters, runs of white space and control characters as one space.
  package static func printable(_ text: String, limit: Int = 1_000) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
      let category = scalar.properties.generalCategory
      if scalar.properties.isWhitespace || category == .control || category == .format {
        if result.hasSuffix(" ") || result.isEmpty { continue }
        result += " "
      } else {
        result.unicodeScalars.append(scalar)
      }
      count += 1
      if count == limit { return result + "…" }
    }
    return result.hasSuffix(" ") ? String(result.dropLast()) : result
  }
}
