/// The state behind a batch stream: rows become batches, and each batch leaves a cursor.
struct BatchAssembler: Sendable {
  struct Settings: Sendable {
    let packing: Packing
    let attention: AttentionScope
    let batchSize: Int
    let sequenceLength: Int
    let paddingToken: Int32
    let share: CorpusShare
    /// The files of each source.
    let files: [[CorpusFile]]
  }

  private let settings: Settings
  private(set) var cursor: Cursor
  private var pieces: PieceSequence
  private var packer: any RowPacker
  /// Targets used, padded and dropped of each source; the other fields stay zero.
  private var rowCounts: [CorpusCounts]
  private var failure: CorpusError?

  /// - Parameters:
  ///   - pieces: those from `cursor` on.
  ///   - cursor: the corpus's beginning, or a saved place that was validated.
  init(settings: Settings, pieces: PieceSequence, cursor: Cursor) throws(CorpusError) {
    self.settings = settings
    self.cursor = cursor
    self.pieces = pieces
    rowCounts = cursor.counts.map(\.ofRows)
    let length = settings.sequenceLength
    packer =
      switch settings.packing {
      case .concatenated: JoinedRows(sequenceLength: length, attention: settings.attention)
      case .padOrTruncate: PieceRows(sequenceLength: length)
      case .bestFit(let windowPieces):
        BestFitRows(
          sequenceLength: length, attention: settings.attention, windowPieces: windowPieces)
      }
    if let position = cursor.position { try packer.resume(at: position, from: &self.pieces) }
  }

  /// The next batch and the cursor after it; nil at the end of a corpus that does not restart.
  mutating func next() throws(CorpusError) -> Batch? {
    // What was read for a batch that failed is gone: going on would leave a hole.
    if let failure { throw failure }
    if cursor.isFinished { return nil }
    do throws(CorpusError) {
      return try assemble()
    } catch {
      failure = error
      throw error
    }
  }

  private mutating func assemble() throws(CorpusError) -> Batch? {
    var batch = BatchBuilder(
      batchSize: settings.batchSize, sequenceLength: settings.sequenceLength,
      paddingToken: settings.paddingToken)
    let rows = settings.batchSize * settings.share.count
    let own = settings.batchSize * settings.share.index
    var count = 0
    while count < rows, let row = try packer.next(from: &pieces) {
      if (own..<own + settings.batchSize).contains(count), let ends = row.ends {
        batch.append(
          row.stretches, attention: settings.attention,
          origin: RowOrigin(first: origin(of: ends.first), last: origin(of: ends.last)))
      }
      for use in row.uses {
        rowCounts[use.component].tokensUsed += use.used
        rowCounts[use.component].tokensPadded += use.padded
        rowCounts[use.component].tokensDropped += use.dropped
      }
      count += 1
    }
    cursor.sequence += count
    cursor.isFinished = count < rows
    cursor.position = cursor.isFinished ? nil : packer.position
    cursor.counts = zip(pieces.counts, rowCounts).map(+)
    return count == 0 ? nil : batch.finished()
  }

  private func origin(of place: PieceSequence.Place) -> RowOrigin.Place {
    let document = place.position.document
    return RowOrigin.Place(
      path: settings.files[place.component][document.file].displayName, line: document.record + 1,
      piece: place.piece.index)
  }
}

extension CorpusCounts {
  /// The part that rows decide, not reading.
  fileprivate var ofRows: CorpusCounts {
    var counts = CorpusCounts()
    counts.tokensUsed = tokensUsed
    counts.tokensPadded = tokensPadded
    counts.tokensDropped = tokensDropped
    return counts
  }
}
