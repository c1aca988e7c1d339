/// `length_constraints:number_words`: runs of letters, digits, marks and underscores are counted, as
/// NLTK's `RegexpTokenizer(r"\w+")` does.
struct WordCount: Instruction {
  static let id = "length_constraints:number_words"
  private let threshold: Int
  private let relation: CountRelation

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    threshold = try arguments.count("num_words")
    relation = try arguments.relation("relation")
  }

  func isFollowed(by response: [Unicode.Scalar]) -> Bool {
    let words = response.split { !PythonScalarClass.isWord($0, .extended) }
    return relation.holds(words.count, threshold)
  }
}

/// `length_constraints:number_sentences`, by Punkt.
struct SentenceCount: Instruction {
  static let id = "length_constraints:number_sentences"
  private let threshold: Int
  private let relation: CountRelation

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    threshold = try arguments.count("num_sentences")
    relation = try arguments.relation("relation")
  }

  func isFollowed(by response: [Unicode.Scalar]) -> Bool {
    relation.holds(PunktSentences.english.ranges(in: response).count, threshold)
  }
}

/// `length_constraints:number_paragraphs`: exactly so many with `***` between them, none blank but what
/// stands before the first divider and after the last.
struct ParagraphCount: Instruction {
  static let id = "length_constraints:number_paragraphs"
  private static let divider = PythonPattern(known: #"\s?\*\*\*\s?"#)
  private let count: Int

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    count = try arguments.count("num_paragraphs")
  }

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    let paragraphs = try Self.divider.split(response)
    var found = paragraphs.count
    for (index, paragraph) in paragraphs.enumerated()
    where paragraph.allSatisfy(PythonText.isWhitespace) {
      guard index == 0 || index == paragraphs.count - 1 else { return false }
      found -= 1
    }
    return found == count
  }
}

/// `length_constraints:nth_paragraph_first_word`: exactly so many paragraphs with an empty line between
/// them, one of which begins with a word.
struct ParagraphFirstWord: Instruction {
  static let id = "length_constraints:nth_paragraph_first_word"
  private let count: Int
  private let number: Int
  private let word: [Unicode.Scalar]

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    count = try arguments.count("num_paragraphs")
    number = try arguments.count("nth_paragraph")
    word = Array(PythonText.lowercasing(try arguments.string("first_word")).unicodeScalars)
    if number > count {
      throw arguments.invalid(
        "nth_paragraph", expected: "one of the \(count) paragraphs", found: .integer(number))
    }
  }

  func isFollowed(by response: [Unicode.Scalar]) -> Bool {
    let paragraphs = PythonText.split(response, separator: ["\n", "\n"]) ?? []
    let found = paragraphs.count { !$0.allSatisfy(PythonText.isWhitespace) }
    guard found == count, number <= found else { return false }
    // Blank paragraphs do not count above but take their numbers here, as in the reference.
    let first = PythonText.stripping(paragraphs[number - 1])
      .prefix { !PythonText.isWhitespace($0) }
    if first.isEmpty { return false }
    let unquoted = first.drop { $0 == "'" }.drop { $0 == "\"" }
    let letters = unquoted.prefix { !".,?!'\"".unicodeScalars.contains($0) }
    return letters.flatMap { PythonText.lowercasing([$0]) } == word
  }
}
