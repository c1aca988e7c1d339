/// What can go wrong when text is written, and what to do about it.
public enum GenerationError: Error, Sendable, Equatable {
  case invalidOptions(String)
  /// A score is no finite number.
  case notFinite(token: Int32, score: Float, position: Int)
  case emptyPrompt(prompt: Int, of: Int)
  case promptTooLong(prompt: Int, of: Int, tokens: Int, context: Int)
  /// A token of a prompt is none of the model's.
  case unknownToken(Int32, prompt: Int, vocabulary: Int)
  case emptyStopText
  case negativeMaximum(Int)
  case noDraftTokens(Int)
  case draftOfOtherTokens(vocabulary: Int, expected: Int)
  case otherTokenizer(draft: String, draftFingerprint: String, fingerprint: String)
}

extension GenerationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidOptions(let fault):
      "\(fault); see `samara generate --help`"
    case .notFinite(let token, let score, let position):
      "the model's score of token \(token) at place \(position) of the text is \(score), expected a "
        + "finite number: its weights are broken, or too large for their type; `samara inspect` tells "
        + "their norms, and --type f32 has the widest range"
    case .emptyPrompt(let prompt, let count):
      "\(Self.name(prompt, count)) holds no token, and the tokenizer has none to start with; give a "
        + "text to continue"
    case .promptTooLong(let prompt, let count, let tokens, let context):
      "\(Self.name(prompt, count)) is \(tokens) tokens long, and the model's context of \(context) "
        + "has to hold it and at least one more; shorten it, or keep its end alone with "
        + "--truncate-prompt"
    case .unknownToken(let token, let prompt, let vocabulary):
      "prompt \(prompt + 1) holds token \(token), and the model knows 0 to \(vocabulary - 1); give the "
        + "tokenizer that the model was trained with"
    case .emptyStopText:
      "a stop text is empty: writing would stop before it began; give at least one character"
    case .negativeMaximum(let count):
      "a maximum of \(count) tokens, expected 0 or more"
    case .noDraftTokens(let count):
      "\(count) tokens to guess ahead, expected 1 or more"
    case .draftOfOtherTokens(let vocabulary, let expected):
      "the draft model scores \(vocabulary) tokens, fewer than the \(expected) of the tokenizer; take a "
        + "draft model that was trained with the same tokenizer"
    case .otherTokenizer(let draft, let draftFingerprint, let fingerprint):
      "\(draft): its tokenizer has the fingerprint \(draftFingerprint), the model's \(fingerprint): ids "
        + "of one mean nothing to the other; take a draft model with the same tokenizer"
    }
  }

  private static func name(_ prompt: Int, _ count: Int) -> String {
    count == 1 ? "the prompt" : "prompt \(prompt + 1) of \(count)"
  }
}
