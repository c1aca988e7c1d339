/// Cuts a line into words and marks; points stay with their words.
///
/// By hand what NLTK's `PunktLanguageVars` writes as one pattern: runs of hyphens or points (also
/// with blanks between), else a word up to blank, mark or such a run, else one character.
struct PunktWordScanner {
  private let line: ArraySlice<Unicode.Scalar>

  init(_ line: ArraySlice<Unicode.Scalar>) { self.line = line }

  func tokens() -> [PunktToken] {
    var tokens: [PunktToken] = []
    var position = line.startIndex
    while position < line.endIndex {
      if Self.isSpace(line[position]) {
        position += 1
        continue
      }
      let end = runEnd(from: position) ?? wordEnd(from: position) ?? position + 1
      tokens.append(PunktToken(line[position..<end]))
      position = end
    }
    return tokens
  }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    PythonScalarClass.isSpace(scalar, .extended)
  }

  /// Marks that no word contains; those that end sentences among them, but not the point.
  static func isNoWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ")", "\"", ";", "}", "]", "*", ":", "@", "'", "(", "{", "[", "?", "!", "\u{2018}",
      "\u{2019}", "\u{201C}", "\u{201D}", "\u{AB}", "\u{BB}":
      true
    default: false
    }
  }

  private static func beginsWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "(", "\"", "`", "{", "[", ":", ";", "&", "#", "*", "@", ")", "}", "]", "-", ",": false
    default: true
    }
  }

  /// `-{2,}`, `\.{2,}` or `(?:\.\s){2,}\.`
  private func runEnd(from start: Int) -> Int? {
    let first = line[start]
    guard first == "-" || first == "." else { return nil }
    var end = start
    while end < line.endIndex, line[end] == first { end += 1 }
    if end - start >= 2 { return end }
    guard first == "." else { return nil }
    var pairs = 0
    var position = start
    while position + 1 < line.endIndex, line[position] == ".", Self.isSpace(line[position + 1]) {
      pairs += 1
      position += 2
    }
    if pairs >= 2, position < line.endIndex, line[position] == "." { return position + 1 }
    // Without a last point the run ends at the one before.
    return pairs >= 3 ? position - 1 : nil
  }

  private func wordEnd(from start: Int) -> Int? {
    guard Self.beginsWord(line[start]) else { return nil }
    var end = start + 1
    while !isEnd(end) {
      if line[end] == ",", isEnd(end + 1) { return end }
      end += 1
    }
    return end
  }

  private func isEnd(_ position: Int) -> Bool {
    position >= line.endIndex || Self.isSpace(line[position]) || Self.isNoWord(line[position])
      || runEnd(from: position) != nil
  }
}
