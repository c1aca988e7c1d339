/// What a regular expression says, as a tree.
indirect enum PythonPatternNode {
  case empty
  case scalar(PythonScalarSet)
  case sequence([PythonPatternNode])
  /// The first alternative that lets the rest match.
  case choice([PythonPatternNode])
  case group(PythonPatternNode, number: Int)
  case repeated(PythonPatternNode, minimum: Int, maximum: Int?, appetite: Appetite)
  case assertion(Assertion)
  case backreference(number: Int, ignoresCase: Bool)
  case look(PythonPatternNode, isAhead: Bool, isNegated: Bool)
  /// What matched inside is not tried another way.
  case atomic(PythonPatternNode)

  enum Appetite { case greedy, lazy, possessive }

  /// A condition on the place between two scalars.
  enum Assertion {
    case textStart, textEnd
    /// The end, or before a newline that ends the text: `$`.
    case lastLineEnd
    case lineStart, lineEnd
    case wordBoundary, noWordBoundary
  }

  /// The number of scalars that each match takes, if all take as many.
  var width: Int? {
    switch self {
    case .empty, .assertion, .look: 0
    case .scalar: 1
    case .sequence(let nodes):
      nodes.reduce(0) { sum, node in
        guard let sum, let width = node.width else { return nil }
        return sum + width
      }
    case .choice(let nodes):
      nodes.dropFirst().allSatisfy { $0.width == nodes[0].width } ? nodes[0].width : nil
    case .group(let node, _), .atomic(let node): node.width
    case .repeated(let node, let minimum, let maximum, _):
      if minimum == maximum, let width = node.width {
        width.multipliedReportingOverflow(by: minimum).partialValue
      } else {
        nil
      }
    case .backreference: nil
    }
  }
}

/// Which library's classes a pattern means where the two differ.
package enum PythonPatternDialect: Sendable {
  /// The standard library's `re`: `\w` is `str.isalnum` and the underscore, `\s` is `str.isspace`.
  case standard
  /// The `regex` package, through which NLTK goes: `\w` has marks and joiners too (Unicode
  /// Technical Standard 18, annex C), `\s` is the property White_Space.
  case extended
}

/// Why a regular expression cannot be used.
package enum PythonPatternError: Error, Sendable, Equatable, CustomStringConvertible {
  /// `offset` counts scalars from the pattern's start.
  case malformed(pattern: String, offset: Int, reason: String)
  /// It went back and forth more often than is bearable, as `(a+)+$` does.
  case tooSlow(pattern: String, steps: Int)

  package var description: String {
    switch self {
    case .malformed(let pattern, let offset, let reason):
      "the pattern \"\(pattern.excerpt)\" at \(offset): \(reason)"
    case .tooSlow(let pattern, let steps):
      "the pattern \"\(pattern.excerpt)\" is not done after \(steps) steps; write it so that it "
        + "can match in fewer ways"
    }
  }
}
