/// `detectable_format:number_bullet_lists`: exactly so many lines that begin with `-`, or with one `*`.
struct BulletCount: Instruction {
  static let id = "detectable_format:number_bullet_lists"
  private static let asterisk = PythonPattern(
    known: #"^\s*\*[^\*].*$"#, options: .multiline)
  private static let hyphen = PythonPattern(known: #"^\s*-.*$"#, options: .multiline)
  private let count: Int

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    count = try arguments.count("num_bullets")
  }

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    let asterisks = try Self.asterisk.matches(in: response).count
    return try asterisks + Self.hyphen.matches(in: response).count == count
  }
}

/// `detectable_format:constrained_response`: one of three answers is in the response.
struct ConstrainedResponse: PlainInstruction {
  static let id = "detectable_format:constrained_response"
  private static let answers = ["My answer is yes.", "My answer is no.", "My answer is maybe."]
    .map { Array($0.unicodeScalars) }

  func isFollowed(by response: [Unicode.Scalar]) -> Bool {
    Self.answers.contains { PythonText.firstIndex(of: $0, in: response) != nil }
  }
}

/// `detectable_format:number_highlighted_sections`: at least so many `*…*` and `**…**` that are not
/// blank; the latter may count twice, as in the reference.
struct HighlightCount: Instruction {
  static let id = "detectable_format:number_highlighted_sections"
  private static let single = PythonPattern(known: #"\*[^\n\*]*\*"#)
  private static let double = PythonPattern(known: #"\*\*[^\n\*]*\*\*"#)
  private let minimum: Int

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    minimum = try arguments.count("num_highlights")
  }

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    let matches =
      try Self.single.matches(in: response) + Self.double.matches(in: response)
    let highlights = matches.count { match in
      !response[match.range].allSatisfy { $0 == "*" || PythonText.isWhitespace($0) }
    }
    return highlights >= minimum
  }
}

/// `detectable_format:multiple_sections`: at least so many headings of a word and a number. The word
/// is a pattern to the reference.
struct SectionCount: Instruction {
  static let id = "detectable_format:multiple_sections"
  private let heading: PythonPattern
  private let minimum: Int

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    let word = PythonText.stripping(try arguments.string("section_spliter"))
    heading = try arguments.pattern(#"\s?"# + word + #"\s?\d+\s?"#)
    minimum = try arguments.count("num_sections")
  }

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    try heading.countOfPieces(in: response) - 1 >= minimum
  }
}

/// `detectable_format:json_format`: the whole response is JSON, maybe between fences of Markdown.
struct JSONResponse: PlainInstruction {
  static let id = "detectable_format:json_format"

  func isFollowed(by response: [Unicode.Scalar]) -> Bool {
    var text = PythonText.stripping(response[...])
    for fence in ["```json", "```Json", "```JSON", "```"]
    where text.starts(with: fence.unicodeScalars) {
      text = text.dropFirst(fence.unicodeScalars.count)
    }
    if text.count >= 3, text.suffix(3).allSatisfy({ $0 == "`" }) { text = text.dropLast(3) }
    return PythonJSONValidity.isValid(PythonText.string(PythonText.stripping(text)))
  }
}

/// `detectable_format:title`: there is `<<…>>` with more than blanks in it.
struct Title: PlainInstruction {
  static let id = "detectable_format:title"
  private static let pattern = PythonPattern(known: #"<<[^\n]+>>"#)

  func isFollowed(by response: [Unicode.Scalar]) throws(PythonPatternError) -> Bool {
    try Self.pattern.matches(in: response).contains { match in
      let title = PythonText.stripping(response[match.range].drop { $0 == "<" }) { $0 == ">" }
      return !title.allSatisfy(PythonText.isWhitespace)
    }
  }
}
