import Foundation

/// A response's status and headers.
package struct ResponseHead: Sendable, Equatable {
  package init() {}

  package var status = 0
  /// Names in lower case; what came several times is joined by commas.
  package private(set) var headers: [String: String] = [:]
  private var byteCount = 0

  /// More than this is thrown away: no server needs it, and a hostile one must not fill memory.
  private static let byteLimit = 256 << 10

  /// Takes one line as it came, the status line first.
  package mutating func append(line: String) {
    let line = line.trimmingCharacters(in: .whitespacesAndNewlines)
    byteCount += line.utf8.count
    guard byteCount <= Self.byteLimit else { return }
    if line.hasPrefix("HTTP/") {
      let words = line.split(separator: " ")
      self = ResponseHead()
      status = words.count > 1 ? Int(words[1]) ?? 0 : 0
    } else if let colon = line.firstIndex(of: ":") {
      let name = line[..<colon].lowercased()
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      headers[name] = headers[name].map { "\($0), \(value)" } ?? value
    }
  }

  package subscript(_ name: String) -> String? { headers[name] }

  package var isRedirect: Bool {
    [301, 302, 303, 307, 308].contains(status) && headers["location"] != nil
  }

  /// The length of the body that follows (or would follow, for HEAD).
  package var contentLength: Int? { headers["content-length"].flatMap { Int($0) } }

  /// The range that a 206 brings: its bounds, and the size of the whole if it is told.
  package var contentRange: (range: Range<Int>, total: Int?)? {
    guard let text = headers["content-range"], text.lowercased().hasPrefix("bytes ") else {
      return nil
    }
    let parts = text.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
    let bounds = parts[0].split(separator: "-").map { Int($0.trimmingPrefix { $0 == " " }) }
    guard parts.count == 2, bounds.count == 2, let first = bounds[0], let last = bounds[1],
      first >= 0, last >= first, last < Int.max
    else { return nil }
    return (first..<last + 1, Int(parts[1]))
  }

  /// The size that a 416 tells.
  package var unsatisfiedTotal: Int? {
    guard let text = headers["content-range"], text.lowercased().hasPrefix("bytes */") else {
      return nil
    }
    return Int(text.dropFirst(8))
  }

  /// The size of the whole object, from whichever header has it.
  package var objectByteCount: Int? {
    switch status {
    case 200: contentLength
    case 206: contentRange?.total
    case 416: unsatisfiedTotal
    default: nil
    }
  }

  /// Whether it claims to be a page for people.
  package var isMarkup: Bool {
    let type = (headers["content-type"] ?? "").lowercased()
    return type.hasPrefix("text/html") || type.hasPrefix("application/xhtml")
  }

  /// How long the server asks to wait, in seconds or until a date.
  package var retryAfter: Duration? { retryAfter(now: Int(Date().timeIntervalSince1970)) }

  package func retryAfter(now: Int) -> Duration? {
    guard let text = headers["retry-after"] else { return nil }
    if let seconds = Int(text) { return .seconds(min(max(0, seconds), 1_000_000)) }
    return HTTPDate.seconds(text).map { .seconds(max(0, $0 - now)) }
  }

  /// The address of `Link: <address>; rel="next"` (RFC 8288).
  package var nextLink: String? {
    guard let text = headers["link"] else { return nil }
    for link in text.components(separatedBy: "<").dropFirst() {
      guard let end = link.firstIndex(of: ">") else { continue }
      let parameters = link[end...].replacingOccurrences(of: " ", with: "").lowercased()
      if parameters.contains(";rel=\"next\"") || parameters.contains(";rel=next") {
        return String(link[..<end])
      }
    }
    return nil
  }
}
