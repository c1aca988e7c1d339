/// The exact place of a batch stream between two batches, small enough for every checkpoint.
///
/// A stream opened at it gives the rest of the sequence, batch for batch, whatever the number of
/// threads that read. Tokens waiting to go into the next row are not kept: they are read again from
/// the passage they belong to.
public struct Cursor: Codable, Sendable, Equatable {
  /// A place within a piece.
  public struct Position: Codable, Sendable, Equatable {
    /// Where the mixture stood before the passage that holds the piece.
    public var mixture: MixturePosition
    /// The piece of the document, from 0, as the filter cuts and before it drops any.
    public var piece: Int
    /// Tokens of the piece, start token included, that lie before the next row's first token.
    public var tokensConsumed: Int
    /// Rows of the window of pieces that begins there which were given, where rows are packed by
    /// windows.
    public var rowsTaken: Int
    /// The counts before the passage, one for each source.
    public var counts: [CorpusCounts]
    /// What screening remembered before the passage; nil where nothing is screened.
    public var screening: DocumentScreen.State?
  }

  /// Rows given so far, by all processes of a run.
  public internal(set) var sequence: Int
  /// The piece that the next row starts in, or nil before the first batch and after the last.
  public internal(set) var position: Position?
  /// Whether the corpus has ended, and does not restart.
  public internal(set) var isFinished: Bool
  /// The files it points into.
  public let corpus: CorpusIdentity
  /// The tokenizer's fingerprint: tokens are counted in its units.
  public let tokenizer: String
  /// How the files are read and cut, in words.
  public let reading: String
  /// The counts up to here, one for each source in the mixture's order.
  public internal(set) var counts: [CorpusCounts]

  /// Passes over the corpus that were completed before this one; of a mixture's sources the most.
  public var epoch: Int { position?.mixture.components.map(\.epoch).max() ?? 0 }

  /// Checks that a saved cursor means the same here as where it was saved.
  ///
  /// `self` is the cursor of a fresh stream. Batch size and sequence length may differ, where rows
  /// are not packed by windows: positions do not depend on them.
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
    let counts = saved.counts + (saved.position?.counts ?? [])
    guard saved.counts.count == self.counts.count,
      saved.position.map({ $0.counts.count == self.counts.count }) ?? true,
      (0..<CorpusCounts.limit).contains(saved.sequence), counts.allSatisfy(\.isPlausible)
    else {
      throw .cursorOutsideCorpus(detail: "row \(saved.sequence), counts \(counts)")
    }
    if let position = saved.position {
      guard position.piece >= 0, position.tokensConsumed >= 0,
        (0..<CorpusCounts.limit).contains(position.rowsTaken)
      else {
        throw .cursorOutsideCorpus(
          detail: "token \(position.tokensConsumed) of piece \(position.piece), "
            + "row \(position.rowsTaken) of a window")
      }
    }
  }
}
