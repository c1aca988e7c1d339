/// The exact place of a batch stream between two batches, small enough for every checkpoint.
///
/// A stream opened at it gives the rest of the sequence, batch for batch. Tokens waiting to go into
/// the next row are not kept: they are read again from the piece they belong to.
public struct Cursor: Codable, Sendable, Equatable {
  /// A place within a piece.
  public struct Position: Codable, Sendable, Equatable {
    /// The document.
    public var document: DocumentPosition
    /// The piece of the document, from 0, as the filter cuts and before it drops any.
    public var piece: Int
    /// Tokens of the piece, start token included, that lie before the next row's first token.
    public var tokensConsumed: Int
  }

  /// Passes over the corpus that were completed before this one.
  public internal(set) var epoch: Int
  /// The piece read last, or nil before the first batch.
  public internal(set) var position: Position?
  /// Whether the corpus has ended, and does not restart.
  public internal(set) var isFinished: Bool
  /// The files it points into.
  public let corpus: CorpusIdentity
  /// The tokenizer's fingerprint: tokens are counted in its units.
  public let tokenizer: String
  /// How the files are read and cut, in words.
  public let reading: String
  /// The counts up to here.
  public internal(set) var counts: CorpusCounts

  /// Checks that a saved cursor means the same here as where it was saved.
  ///
  /// `self` is the cursor of a fresh stream. Batch size and sequence length may differ: positions
  /// do not depend on them.
  func validate(_ saved: Cursor) throws(CorpusError) {
    guard saved.corpus == corpus else {
      throw .corpusChanged(saved: saved.corpus, found: corpus)
    }
    guard saved.tokenizer == tokenizer else {
      throw .readingChanged(setting: "tokenizer", saved: saved.tokenizer, found: tokenizer)
    }
    guard saved.reading == reading else {
      throw .readingChanged(setting: "way of reading", saved: saved.reading, found: reading)
    }
    guard (0..<CorpusCounts.limit).contains(saved.epoch), saved.counts.isPlausible else {
      throw .cursorOutsideCorpus(detail: "epoch \(saved.epoch), counts \(saved.counts)")
    }
  }
}
