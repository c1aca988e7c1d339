/// Which stretches of a corpus are worth training on, and how long documents are cut to pieces.
///
/// The reference is CoreNet's language-modelling dataset
/// (`corenet/data/datasets/language_modeling/general_lm.py`, `base_lm.py` and
/// `corenet/data/text_tokenizer/sentencepiece_tokenizer.py`), with the settings of OpenELM's
/// pretraining (`projects/openelm/pretraining_configs/openelm_270M.yaml`, arXiv:2404.14619). It
/// does, in this order:
///
/// 1. *Cut.* A document is split at every single U+0020; a word is what lies between two of them,
///    so that newlines and tabs do not separate words, and the nothing between two spaces is a word
///    too. Each run of 2,048 words, joined by spaces again, is a piece; the rest is the last piece,
///    however short. The space between two pieces belongs to neither.
/// 2. *Characters.* Per piece, not per document: the piece is lowercased, ASCII punctuation is
///    taken out, white space is stripped from both ends and each run of it made one space. With
///    fewer than 200 characters (Unicode scalars) left the piece is dropped. The text trained on is
///    the piece as it was.
/// 3. *Tokens.* The piece is normalized (NFC), tokenized, and gets its start and end tokens. With
///    fewer than 256 tokens, those two included, it is dropped. So every piece carries a start and
///    an end token, in the middle of a document too.
/// 4. *Row.* The first sequence length + 1 tokens make the row, padded at the end where they are
///    fewer; what lies beyond, often the end token, is lost.
///
/// Steps 1 to 3 are mirrored exactly, whatever the packing; step 4 is `Packing.padOrTruncate`. Two
/// things differ: before NFC the reference runs a text fixer (ftfy: mojibake, HTML entities, curly
/// quotes), which is another concern than filtering; and pieces here have a greatest size in bytes.
public struct DocumentFilter: Codable, Sendable, Equatable {
  /// Pieces with fewer characters, counted as the reference does, are dropped.
  public var minimumCharacters: Int
  /// Pieces with fewer tokens, start and end tokens included, are dropped.
  public var minimumTokens: Int
  /// Documents are cut after so many words; nil leaves them whole.
  public var maximumWordsPerPiece: Int?
  /// Pieces never grow longer than this, so that memory stays bounded where no space comes for
  /// gigabytes.
  ///
  /// Such a cut falls before the last space or newline that fits, or between two characters if
  /// there is none, and loses nothing.
  public var maximumBytesPerPiece: Int
  /// Pieces that repeat themselves, token by token, are dropped; nil keeps them.
  public var repetition: RepetitionFilter?

  /// Makes a filter.
  ///
  /// The default for `maximumBytesPerPiece`, 16 MiB, is longer than any book and a thousand times
  /// 2,048 words.
  public init(
    minimumCharacters: Int, minimumTokens: Int, maximumWordsPerPiece: Int?,
    maximumBytesPerPiece: Int = 16 << 20, repetition: RepetitionFilter? = nil
  ) {
    self.minimumCharacters = minimumCharacters
    self.minimumTokens = minimumTokens
    self.maximumWordsPerPiece = maximumWordsPerPiece
    self.maximumBytesPerPiece = maximumBytesPerPiece
    self.repetition = repetition
  }

  /// OpenELM's: `min_characters_per_text: 200`, `min_tokens_per_text: 256`, `document_split_size`
  /// at its default of 2,048.
  public static let reference = DocumentFilter(
    minimumCharacters: 200, minimumTokens: 256, maximumWordsPerPiece: 2_048)

  /// Keeps every document whole.
  public static let none = DocumentFilter(
    minimumCharacters: 0, minimumTokens: 0, maximumWordsPerPiece: nil)

  func validate() throws(CorpusError) {
    func check(_ name: String, _ value: Int, atLeast minimum: Int) throws(CorpusError) {
      if value < minimum {
        throw .invalidSetting(name: name, value: value, expected: "at least \(minimum)")
      }
    }
    try check("minimumCharacters", minimumCharacters, atLeast: 0)
    try check("minimumTokens", minimumTokens, atLeast: 0)
    try check("maximumWordsPerPiece", maximumWordsPerPiece ?? 1, atLeast: 1)
    // A character takes up to four bytes, and a cut must advance past a leading space.
    try check("maximumBytesPerPiece", maximumBytesPerPiece, atLeast: 8)
    try repetition?.validate()
  }
}

extension DocumentFilter: CustomStringConvertible {
  /// The settings, for messages.
  public var description: String {
    let words = maximumWordsPerPiece.map { "\($0) words" } ?? "any number of words"
    return "at least \(minimumCharacters) characters and \(minimumTokens) tokens, "
      + "at most \(words) and \(maximumBytesPerPiece) bytes a piece"
      + (repetition.map { ", \($0)" } ?? "")
  }
}
