/// How many columns of a terminal a text takes, and cutting or filling a text to a count of them.
///
/// Combining marks and format characters take no column, East Asian wide and full-width
/// characters and emoji take two (UAX #11; emoji by their default presentation, UTS #51).
/// A grapheme cluster is as wide as its widest scalar and is never cut apart.
public enum DisplayWidth {
  /// Returns the columns that a text takes.
  public static func of(_ text: String) -> Int {
    var total = 0
    for character in text { total += of(character) }
    return total
  }

  /// Returns the columns that one grapheme cluster takes: 0, 1 or 2.
  public static func of(_ character: Character) -> Int {
    if let value = character.asciiValue { return value < 0x20 || value == 0x7F ? 0 : 1 }
    var widest = 0
    for scalar in character.unicodeScalars {
      // The emoji variation selector asks for the wide, coloured form of what stands before it.
      if scalar == "\u{FE0F}" { return 2 }
      widest = max(widest, of(scalar))
    }
    return widest
  }

  /// Returns a text without anything that could move the cursor or reorder the line.
  ///
  /// Run names and the contents of files reach the screen: an escape sequence in one must not
  /// reach the terminal. Controls, line separators and bidirectional overrides become U+FFFD.
  public static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(isUnsafe(scalar) ? "\u{FFFD}" : scalar) }
    return String(result)
  }

  /// Which part of a text gives way when it is too wide.
  public enum Truncation: Sendable {
    /// The end gives way: `openelm-2…`.
    case end
    /// The middle gives way, for names that differ at their end: `opene…-b`.
    case middle
  }

  /// Returns the text cut to a width, with a marker where something is missing.
  ///
  /// A width too small for the marker gives the text's own first columns.
  public static func truncated(
    _ text: String, to width: Int, at truncation: Truncation = .end, marker: String = "…"
  ) -> String {
    guard of(text) > width else { return text }
    let room = width - of(marker)
    guard room > 0 else { return prefix(text, columns: max(0, width)) }
    switch truncation {
    case .end:
      return prefix(text, columns: room) + marker
    case .middle:
      let tail = suffix(text, columns: room / 2)
      return prefix(text, columns: room - room / 2) + marker + tail
    }
  }

  /// Returns the spaces that bring a text to a width; none if it is as wide already.
  public static func padding(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - of(text)))
  }

  /// Returns the text broken at spaces into lines of a width; a longer word is cut apart.
  public static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      var word = String(word)
      if !line.isEmpty, of(line) + 1 + of(word) <= width {
        line += " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      while of(word) > width {
        let head = prefix(word, columns: width)
        guard !head.isEmpty else { break }
        lines.append(head)
        word.removeFirst(head.count)
      }
      line = word
    }
    return line.isEmpty ? lines : lines + [line]
  }

  private static func prefix(_ text: String, columns: Int) -> String {
    var (used, result) = (0, "")
    for character in text {
      used += of(character)
      guard used <= columns else { break }
      result.append(character)
    }
    return result
  }

  private static func suffix(_ text: String, columns: Int) -> String {
    var (used, end) = (0, text.endIndex)
    for index in text.indices.reversed() {
      used += of(text[index])
      guard used <= columns else { break }
      end = index
    }
    return String(text[end...])
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .control, .format, .lineSeparator, .paragraphSeparator:
      return 0
    default:
      let isWide =
        scalar.properties.isEmojiPresentation || wideRanges.contains { $0.contains(scalar.value) }
      return isWide ? 2 : 1
    }
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// The blocks whose characters are wide (W or F in EastAsianWidth.txt), emoji left out.
  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF,
    0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
    0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FB, 0x1F200...0x1F265,
    0x20000...0x3FFFD,
  ]
}
