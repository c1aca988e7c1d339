import Foundation

/// Servers' explanations of why they refuse.
package enum Explanation {
  /// The message in the body of an error: S3's XML, the hub's JSON, or a page's title.
  package static func of(_ body: [UInt8]) -> String {
    let text = String(decoding: body, as: UTF8.self)
    if let code = XMLElements.first("Code", in: text) {
      return [code, XMLElements.first("Message", in: text)].compactMap { $0 }
        .joined(separator: ": ")
    }
    if let error = try? JSONDecoder().decode([String: String].self, from: Data(body))["error"] {
      return error
    }
    return pageTitle(text) ?? (text.hasPrefix("<") ? "" : text)
  }

  /// The title of an HTML page, or its first words; nil if it does not look like one.
  package static func pageTitle(_ text: String) -> String? {
    let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.prefix(64).lowercased()
    let isPage = ["<!doctype html", "<html", "<head", "<body", "<script", "<title", "<!--"]
      .contains { start.hasPrefix($0) }
    guard isPage else { return nil }
    if let open = text.range(of: "<title", options: .caseInsensitive),
      let begin = text[open.upperBound...].firstIndex(of: ">"),
      let close = text.range(
        of: "</title", options: .caseInsensitive, range: begin..<text.endIndex)
    {
      let title = String(text[text.index(after: begin)..<close.lowerBound])
      let shown = SecretFreeText.printable(XMLElements.decoded(title), limit: 100)
      if !shown.isEmpty { return shown }
    }
    var words = ""
    var isTag = false
    for character in text {
      if character == "<" { isTag = true }
      if !isTag { words.append(character) }
      if character == ">" {
        isTag = false
        words.append(" ")
      }
    }
    return SecretFreeText.printable(words, limit: 100)
  }
}
