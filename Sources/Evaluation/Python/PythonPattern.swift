/// A regular expression with the meaning that Python gives it.
///
/// Benchmarks score answers by Python's patterns, and some of them come with the data. Swift's own
/// `Regex` has other classes, walks grapheme clusters and is slow; here a pattern matches scalars, by
/// backtracking with a limit on its steps. Reference: CPython's `re` and, as the dialect
/// `.extended`, the `regex` package.
package struct PythonPattern: Sendable {
  package struct Options: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    /// `re.IGNORECASE`.
    package static let ignoreCase = Options(rawValue: 1)
    /// `re.MULTILINE`.
    package static let multiline = Options(rawValue: 2)
    /// `re.DOTALL`.
    package static let dotMatchesAll = Options(rawValue: 4)
  }

  /// Where a match and its groups lie, in scalars; the first is the whole.
  package struct Match: Sendable, Equatable {
    package var groups: [Range<Int>?]
    package var range: Range<Int> { groups[0] ?? 0..<0 }
  }

  /// The pattern as written.
  package let source: String
  private let program: PythonPatternProgram
  private let dialect: PythonPatternDialect

  /// Reads a pattern.
  ///
  /// - Throws: `PythonPatternError.malformed` with the place and what is wrong there.
  package init(
    _ source: String, options: Options = [], dialect: PythonPatternDialect = .standard
  ) throws(PythonPatternError) {
    self.source = source
    self.dialect = dialect
    var parser = PythonPatternParser(
      source,
      flags: .init(
        ignoresCase: options.contains(.ignoreCase), isMultiline: options.contains(.multiline),
        dotMatchesAll: options.contains(.dotMatchesAll)),
      dialect: dialect)
    let node = try parser.parse()
    program = try PythonPatternProgram(node, groupCount: parser.groupCount, source: source)
  }

  /// `re.search(pattern, text)`.
  package func firstMatch(in text: [Unicode.Scalar]) throws(PythonPatternError) -> Match? {
    var first: Match?
    try forEachMatch(in: text) { match in
      first = match
      return false
    }
    return first
  }

  /// `re.finditer(pattern, text)`.
  package func matches(in text: [Unicode.Scalar]) throws(PythonPatternError) -> [Match] {
    var matches: [Match] = []
    try forEachMatch(in: text) { match in
      matches.append(match)
      return true
    }
    return matches
  }

  /// `len(re.split(pattern, text))`: a piece before each match, one after the last, and the groups.
  package func countOfPieces(in text: [Unicode.Scalar]) throws(PythonPatternError) -> Int {
    try matches(in: text).count * (1 + program.groupCount) + 1
  }

  /// `re.split(pattern, text)` for a pattern without groups.
  package func split(
    _ text: [Unicode.Scalar]
  ) throws(PythonPatternError) -> [ArraySlice<Unicode.Scalar>] {
    var start = 0
    var pieces: [ArraySlice<Unicode.Scalar>] = []
    for match in try matches(in: text) {
      pieces.append(text[start..<match.range.lowerBound])
      start = match.range.upperBound
    }
    return pieces + [text[start...]]
  }

  /// `re.sub(pattern, …, text)`, the new text made of `parts`.
  package func replacing(
    in text: [Unicode.Scalar], with parts: [Replacement]
  ) throws(PythonPatternError) -> [Unicode.Scalar] {
    var start = 0
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count + text.count / 4)
    for match in try matches(in: text) {
      result.append(contentsOf: text[start..<match.range.lowerBound])
      for part in parts {
        switch part {
        case .text(let new): result.append(contentsOf: new.unicodeScalars)
        case .group(let number):
          if let range = match.groups[number] { result.append(contentsOf: text[range]) }
        }
      }
      start = match.range.upperBound
    }
    result.append(contentsOf: text[start...])
    return result
  }

  /// A part of what `replacing(in:with:)` puts in.
  package enum Replacement: Sendable {
    case text(String)
    case group(Int)
  }

  /// Calls the body with each match from the left, until it returns false.
  private func forEachMatch(
    in text: [Unicode.Scalar], _ body: (Match) -> Bool
  ) throws(PythonPatternError) {
    var matcher = PythonPatternMatcher(program, dialect: dialect, text: text, source: source)
    var start = 0
    // An empty match is not found again at its place, but a longer one there may be.
    var mustAdvance = false
    while start <= text.count {
      var found: Range<Int>?
      for position in start...text.count {
        let forbidden = mustAdvance && position == start
        if let end = try matcher.match(at: position, mustAdvance: forbidden) {
          found = position..<end
          break
        }
      }
      guard let found else { return }
      var groups: [Range<Int>?] = [found]
      for group in 1..<(program.groupCount + 1) {
        let (low, high) = (matcher.slots[2 * group], matcher.slots[2 * group + 1])
        groups.append(low >= 0 && high >= low ? low..<high : nil)
      }
      if !body(Match(groups: groups)) { return }
      start = found.upperBound
      mustAdvance = found.isEmpty
    }
  }
}
