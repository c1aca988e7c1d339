/// Something that can be asked of a text and checked without judgement.
///
/// Source: IFEval (arXiv:2311.07911); reference: lm-evaluation-harness 0.4.13,
/// `tasks/ifeval/instructions.py`. Where the reference draws an argument at random because the document
/// lacks it, an instruction throws.
package protocol Instruction: Sendable {
  /// The name that documents use: family, colon, kind.
  static var id: String { get }

  /// Takes what is asked for. Arguments that are not read are an error of the document.
  init(_ arguments: inout InstructionArguments) throws(InstructionError)

  /// Whether a response, which is not blank, does what is asked.
  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool
}

/// An instruction without arguments.
protocol PlainInstruction: Instruction {
  init()
}

extension PlainInstruction {
  package init(_ arguments: inout InstructionArguments) { self.init() }
}

/// The instructions by their names.
package enum InstructionRegistry {
  /// In the order of the paper's table.
  package static let all: [any Instruction.Type] = [
    KeywordExistence.self, KeywordFrequency.self, ForbiddenWords.self, LetterFrequency.self,
    ResponseLanguage.self, SentenceCount.self, ParagraphCount.self, WordCount.self,
    ParagraphFirstWord.self, PlaceholderCount.self, Postscript.self, BulletCount.self,
    ConstrainedResponse.self, HighlightCount.self, SectionCount.self, JSONResponse.self,
    Title.self, TwoResponses.self, RepeatedPrompt.self, EndPhrase.self,
    CapitalWordFrequency.self, EnglishCapitals.self, EnglishLowercase.self, NoComma.self,
    Quotation.self,
  ]

  private static let byName = Dictionary(
    all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })

  /// Makes an instruction of a document.
  package static func instruction(
    _ id: String, arguments: [String: DocumentValue], location: DocumentLocation
  ) throws(InstructionError) -> any Instruction {
    guard let type = byName[id] else {
      throw .unknownInstruction(location, id: id, known: all.map { $0.id })
    }
    var arguments = InstructionArguments(arguments, instruction: id, location: location)
    let instruction = try type.init(&arguments)
    try arguments.finish()
    return instruction
  }
}
