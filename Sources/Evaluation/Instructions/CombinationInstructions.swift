/// `combination:two_responses`: two different texts with `******` between them.
struct TwoResponses: PlainInstruction {
  static let id = "combination:two_responses"
  private static let divider = Array("******".unicodeScalars)

  func isFollowed(by response: [Unicode.Scalar]) -> Bool {
    let parts = (PythonText.split(response, separator: Self.divider) ?? [])
      .map { PythonText.stripping($0) }
    guard parts.dropFirst().dropLast().allSatisfy({ !$0.isEmpty }) else { return false }
    let texts = parts.filter { !$0.isEmpty }
    return texts.count == 2 && !texts[0].elementsEqual(texts[1])
  }
}

/// `combination:repeat_prompt`: the response begins with the prompt, case aside.
struct RepeatedPrompt: Instruction {
  static let id = "combination:repeat_prompt"
  private let prompt: [Unicode.Scalar]

  init(_ arguments: inout InstructionArguments) throws(InstructionError) {
    let prompt = try arguments.string("prompt_to_repeat")
    self.prompt = Self.comparable(Array(prompt.unicodeScalars))
  }

  func isFollowed(by response: [Unicode.Scalar]) -> Bool {
    Self.comparable(response).starts(with: prompt)
  }

  private static func comparable(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    PythonText.lowercasing(PythonText.stripping(text))
  }
}
