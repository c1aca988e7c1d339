/// What can go wrong with a tokenizer's file or a trainer's parameters.
public enum TokenizationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file could not be read.
  case unreadableFile(path: String, reason: String)
  /// The bytes are not a SentencePiece model, or only a part of one.
  case malformedModel(path: String, offset: Int, expected: String, found: String)
  /// The piece of this id breaks a rule that SentencePiece holds models to.
  case invalidPiece(path: String, token: Int, expected: String, found: String)
  /// The model is sound but asks for something that this module does not do.
  case unsupportedSetting(path: String, setting: String, expected: String, found: String)
  /// The file is not the tokenizer that its beginning promises; `place` says where.
  case malformedTokenizer(path: String, place: String, expected: String, found: String)
  /// The tokenizer is sound but asks for something that this module does not do.
  case unsupportedTokenizer(path: String, place: String, expected: String, found: String)
  /// A parameter of `BytePairTrainer` is outside its range.
  case invalidParameter(name: String, expected: String, found: String)
  /// The corpus does not allow a vocabulary of this size.
  case vocabularySizeOutOfReach(requested: Int, smallest: Int, largest: Int)
  /// The corpus has more different words than memory was planned for.
  case tooManyWords(maximum: Int, documents: Int)

  public var description: String {
    switch self {
    case .unreadableFile(let path, let reason):
      return "\(path): cannot be read (\(reason)). Check the path and its permissions."
    case .malformedModel(let path, let offset, let expected, let found):
      return "\(path): not a whole SentencePiece model: at byte \(offset) expected \(expected), "
        + "found \(found). Give a file written by SentencePiece (usually called "
        + "tokenizer.model), and copy it again if its transfer was cut short."
    case .invalidPiece(let path, let token, let expected, let found):
      return "\(path): piece \(token): expected \(expected), found \(found). The file was edited "
        + "or damaged; take it again from where it was published."
    case .unsupportedSetting(let path, let setting, let expected, let found):
      return "\(path): \(setting) is \(found), but only \(expected) is supported. Use another "
        + "tokenizer, or train one with BytePairTrainer."
    case .malformedTokenizer(let path, let place, let expected, let found):
      return "\(path): not a whole tokenizer: at \(place) expected \(expected), found \(found). "
        + "Give a tokenizer.json of Hugging Face's, a SentencePiece model or a file of tiktoken "
        + "ranks, and copy it again if its transfer was cut short."
    case .unsupportedTokenizer(let path, let place, let expected, let found):
      return "\(path): \(place) is \(found), but only \(expected) is supported. Use another "
        + "tokenizer, or train one."
    case .invalidParameter(let name, let expected, let found):
      return "tokenizer training: \(name) is \(found), expected \(expected). Change that parameter."
    case .vocabularySizeOutOfReach(let requested, let smallest, let largest):
      return "tokenizer training: vocabularySize is \(requested), but these documents allow "
        + "\(smallest) to \(largest). "
        + (requested < smallest
          ? "Ask for more pieces, or lower characterCoverage."
          : "Ask for fewer pieces, or give more text.")
    case .tooManyWords(let maximum, let documents):
      return "tokenizer training: more than \(maximum) different words in the first \(documents) "
        + "documents. Give less text, which a sample of a large corpus serves as well, or raise "
        + "maximumWordCount if there is memory for some 300 bytes a word."
    }
  }
}
