extension PythonPattern {
  /// A pattern of this program's own, which is right or a mistake to mend here.
  init(
    known source: StaticString, options: Options = [], dialect: PythonPatternDialect = .standard
  ) {
    do {
      try self.init("\(source)", options: options, dialect: dialect)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

/// One `re.sub` of a list of them.
struct PythonSubstitution: Sendable {
  private let pattern: PythonPattern
  private let parts: [PythonPattern.Replacement]

  /// The template has groups as a backslash and a digit, 0 for the whole match.
  init(_ pattern: PythonPattern, _ template: String) {
    self.pattern = pattern
    var parts: [PythonPattern.Replacement] = []
    var text = ""
    var isEscaped = false
    for character in template {
      if isEscaped, let number = character.wholeNumberValue {
        if !text.isEmpty { parts.append(.text(text)) }
        text = ""
        parts.append(.group(number))
      } else if character != "\\" {
        text.append(character)
      }
      isEscaped = character == "\\"
    }
    self.parts = text.isEmpty ? parts : parts + [.text(text)]
  }

  func callAsFunction(
    _ text: [Unicode.Scalar]
  ) throws(PythonPatternError) -> [Unicode.Scalar] {
    try pattern.replacing(in: text, with: parts)
  }
}
