/// `change_case:capital_word_frequency`: words in capitals are less than, or at least, so many.
struct CapitalWordFrequency: Instruction {
  static let id = "change_case:capital_word_frequency"
  private let frequency: Int
  private let relation: CountRelation

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    frequency = try arguments.count("capital_frequency")
    relation = try arguments.relation("capital_relation")
  }

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    let words = try TreebankWords.words(in: response)
    return relation.holds(words.count { PythonText.isUppercase($0) }, frequency)
  }
}

/// `change_case:english_capital`: English without a small letter. A text that has nothing to tell its
/// language by is let pass, as in the reference.
struct EnglishCapitals: PlainInstruction {
  static let id = "change_case:english_capital"

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    guard PythonText.isUppercase(response) else { return false }
    return try LanguageDetector.detect(response).passes(as: "en")
  }
}

/// `change_case:english_lowercase`: English without a capital.
struct EnglishLowercase: PlainInstruction {
  static let id = "change_case:english_lowercase"

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    guard PythonText.isLowercase(response) else { return false }
    return try LanguageDetector.detect(response).passes(as: "en")
  }
}
