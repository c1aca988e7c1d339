/// `language:response_language`: the response is in a language.
struct ResponseLanguage: Instruction {
  static let id = "language:response_language"

  /// The codes that the reference has names for.
  private static let known = [
    "en", "es", "pt", "ar", "hi", "fr", "ru", "de", "ja", "it", "bn", "uk", "th", "ur", "ta", "te",
    "bg", "ko", "pl", "he", "fa", "vi", "ne", "sw", "kn", "mr", "gu", "pa", "ml", "fi",
  ]

  private let language: String

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    language = try arguments.string("language")
    guard Self.known.contains(language) else {
      throw arguments.invalid(
        "language", expected: "one of \(Self.known.joined(separator: ", "))",
        found: .string(language))
    }
  }

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    try LanguageDetector.detect(response).passes(as: language)
  }
}

extension LanguageDetector.Answer {
  /// Whether a text counts as one of the language: also if there was nothing to tell by.
  func passes(as language: String) -> Bool {
    switch self {
    case .language(let found): found == language
    case .unknown: false
    case .noFeatures: true
    }
  }
}
