/// `keywords:existence`: every word is somewhere in the response. Words are patterns to the reference,
/// without regard to case.
struct KeywordExistence: Instruction {
  static let id = "keywords:existence"
  private let patterns: [PythonPattern]

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    var patterns: [PythonPattern] = []
    for word in try arguments.strings("keywords") {
      patterns.append(try arguments.pattern(word, options: .ignoreCase))
    }
    self.patterns = patterns
  }

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    for pattern in patterns where try pattern.firstMatch(in: response) == nil { return false }
    return true
  }
}

/// `keywords:frequency`: a word is there less than, or at least, some number of times.
struct KeywordFrequency: Instruction {
  static let id = "keywords:frequency"
  private let pattern: PythonPattern
  private let frequency: Int
  private let relation: CountRelation

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    let word = PythonText.stripping(try arguments.string("keyword"))
    pattern = try arguments.pattern(word, options: .ignoreCase)
    frequency = try arguments.count("frequency")
    relation = try arguments.relation("relation")
  }

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    relation.holds(try pattern.matches(in: response).count, frequency)
  }
}

/// `keywords:forbidden_words`: none of the words stands in the response as a word of its own.
struct ForbiddenWords: Instruction {
  static let id = "keywords:forbidden_words"
  private let patterns: [PythonPattern]

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    var patterns: [PythonPattern] = []
    for word in try arguments.strings("forbidden_words") {
      patterns.append(try arguments.pattern("\\b\(word)\\b", options: .ignoreCase))
    }
    self.patterns = patterns
  }

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    for pattern in patterns where try pattern.firstMatch(in: response) != nil { return false }
    return true
  }
}

/// `keywords:letter_frequency`: a letter is there less than, or at least, some number of times.
///
/// For a character that is no letter from a to z, such as the `!` and `#` of two published documents,
/// the reference draws a letter at random; here the character itself counts, as the prompt says.
struct LetterFrequency: Instruction {
  static let id = "keywords:letter_frequency"
  private let letter: Unicode.Scalar
  private let frequency: Int
  private let relation: CountRelation

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    let text = try arguments.string("letter")
    let lower = PythonText.lowercasing(text).unicodeScalars
    guard let letter = lower.first, lower.count == 1 else {
      throw arguments.invalid("letter", expected: "one character", found: .string(text))
    }
    self.letter = letter
    frequency = try arguments.count("let_frequency")
    relation = try arguments.relation("let_relation")
  }

  func isFollowed(by response: [Unicode.Scalar]) -> Bool {
    relation.holds(PythonText.lowercasing(response).count { $0 == letter }, frequency)
  }
}
