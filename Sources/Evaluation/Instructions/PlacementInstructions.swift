/// `startend:end_checker`: the response ends with a phrase, case and closing quotes aside.
struct EndPhrase: Instruction {
  static let id = "startend:end_checker"
  private let phrase: [Unicode.Scalar]

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    let phrase = PythonText.stripping(try arguments.string("end_phrase"))
    self.phrase = PythonText.lowercasing(Array(phrase.unicodeScalars))
  }

  func isFollowed(by response: [Unicode.Scalar]) -> Bool {
    let text = PythonText.stripping(PythonText.stripping(response[...])) { $0 == "\"" }
    return PythonText.lowercasing(Array(text)).suffix(phrase.count).elementsEqual(phrase)
  }
}

/// `startend:quotation`: the response stands in double quotes.
struct Quotation: PlainInstruction {
  static let id = "startend:quotation"

  func isFollowed(by response: [Unicode.Scalar]) -> Bool {
    let text = PythonText.stripping(response[...])
    return text.count > 1 && text.first == "\"" && text.last == "\""
  }
}

/// `punctuation:no_comma`: there is no comma.
struct NoComma: PlainInstruction {
  static let id = "punctuation:no_comma"

  func isFollowed(by response: [Unicode.Scalar]) -> Bool { !response.contains(",") }
}
