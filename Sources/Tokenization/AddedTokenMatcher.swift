import Foundation

/// Finds added tokens in text, as Hugging Face's library does.
struct AddedTokenMatcher: Sendable {
  /// What lies between added tokens, or one of them.
  enum Part: Equatable {
    case text(Range<Int>)
    case token(Int32)
  }

  private let tokens: [AddedToken]
  private let matcher: PrefixMatcher
  /// The bytes that tokens begin with.
  private let firstBytes: [UInt8]

  /// Returns nil where there are none to find.
  init?(_ tokens: [AddedToken]) {
    guard
      let matcher = PrefixMatcher(
        tokens.enumerated().map { ($1.content, Int32($0)) })
    else { return nil }
    self.tokens = tokens
    self.matcher = matcher
    firstBytes = Set(tokens.map { $0.content[0] }).sorted()
  }

  /// Returns the first place at or after `position` where a token may begin.
  @inline(__always)
  private func candidate(_ text: UnsafeBufferPointer<UInt8>, from position: Int) -> Int {
    guard let base = text.baseAddress, position < text.count else { return text.count }
    // The system's search for one byte is far faster than any loop, even several times.
    guard firstBytes.count <= 4 else { return position }
    var first = text.count
    for byte in firstBytes {
      if let found = memchr(base + position, Int32(byte), first - position) {
        first = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base
      }
    }
    return first
  }

  /// Returns the parts of a text, all of it in order; nil if there is no token in it.
  func parts(_ text: UnsafeBufferPointer<UInt8>) -> [Part]? {
    var parts: [Part] = []
    var position = candidate(text, from: 0)
    var covered = 0
    while position < text.count {
      guard let (length, index) = matcher.longestMatch(in: text, at: position) else {
        position = candidate(text, from: position + 1)
        continue
      }
      let token = tokens[Int(index)]
      var (start, end) = (position, position + length)
      position = end
      if !token.isSingleWord || !(isWord(before: start, text) || isWord(after: end, text)) {
        // White space that the token before took up is not taken again.
        if token.stripsLeft { start = max(blankStart(before: start, text), covered) }
        if token.stripsRight { end = blankEnd(after: end, text) }
        if covered < start { parts.append(.text(covered..<start)) }
        parts.append(.token(token.id))
        covered = end
      }
      position = candidate(text, from: position)
    }
    guard !parts.isEmpty else { return nil }
    if covered < text.count { parts.append(.text(covered..<text.count)) }
    return parts
  }

  private func isWord(before end: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard end > 0 else { return false }
    return CodePointSets.wordCharacters.contains(scalar(before: end, text).value)
  }

  private func isWord(after start: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard start < text.count, let base = text.baseAddress else { return false }
    return CodePointSets.wordCharacters.contains(scalarValue(base + start))
  }

  private func blankStart(before end: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
    var position = end
    while position > 0 {
      let (value, start) = scalar(before: position, text)
      guard CodePointSets.whitespace.contains(value) else { break }
      position = start
    }
    return position
  }

  private func blankEnd(after start: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
    guard let base = text.baseAddress else { return start }
    var position = start
    while position < text.count, CodePointSets.whitespace.contains(scalarValue(base + position)) {
      position += encodedLength(lead: text[position])
    }
    return position
  }

  private func scalar(
    before end: Int, _ text: UnsafeBufferPointer<UInt8>
  ) -> (value: UInt32, start: Int) {
    var start = end - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    guard let base = text.baseAddress else { return (0, 0) }
    return (scalarValue(base + start), start)
  }
}
