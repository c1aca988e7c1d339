/// The pieces of a mixture one after the other, with what is needed to find each again.
struct PieceSequence {
  /// A piece and the place to go on from so that it comes next.
  struct Place: Sendable {
    let component: Int
    let position: PassagePosition
    let piece: TokenizedPiece
    /// Where the mixture stood before the piece's passage.
    let before: MixturePosition
    /// The counts there.
    let countsBefore: [CorpusCounts]

    /// The place in a cursor from which the piece, and then its `tokensConsumed`-th token, is read.
    func cursorPosition(tokensConsumed: Int, rowsTaken: Int = 0) -> Cursor.Position {
      Cursor.Position(
        mixture: before, piece: piece.index, tokensConsumed: tokensConsumed, rowsTaken: rowsTaken,
        counts: countsBefore)
    }
  }

  private let pipeline: PassagePipeline
  private let filter: DocumentFilter
  private var passage: TokenizedPassage?
  private var piecesGiven = 0
  private var countsBefore: [CorpusCounts]
  /// What was read so far, of each source, the passage at hand included.
  private(set) var counts: [CorpusCounts]
  /// Of each source the epoch that is read, and the counts at its start.
  private var epochs: [(number: Int, start: CorpusCounts)]

  /// - Parameter position: where `pipeline` starts, and the counts there, if not at the beginning.
  init(
    _ pipeline: PassagePipeline, filter: DocumentFilter, componentCount: Int,
    resumingAt position: Cursor.Position?
  ) {
    self.pipeline = pipeline
    self.filter = filter
    counts = position?.counts ?? Array(repeating: CorpusCounts(), count: componentCount)
    countsBefore = counts
    epochs = (0..<componentCount).map {
      (position?.mixture.components[$0].epoch ?? 0, CorpusCounts())
    }
  }

  /// The piece that a saved position names.
  ///
  /// - Precondition: nothing was taken yet from a pipeline that starts at the position.
  mutating func find(_ position: Cursor.Position) throws(CorpusError) -> Place {
    while let place = try next(), place.before == position.mixture {
      if place.piece.index == position.piece { return place }
    }
    throw .cursorOutsideCorpus(
      detail: "piece \(position.piece) of the passage at \(position.mixture.components)")
  }

  /// The next piece that passes the filter, or nil at the end of the mixture.
  mutating func next() throws(CorpusError) -> Place? {
    while true {
      if let passage, piecesGiven < passage.pieces.count {
        defer { piecesGiven += 1 }
        return Place(
          component: passage.component, position: passage.position,
          piece: passage.pieces[piecesGiven], before: passage.before, countsBefore: countsBefore)
      }
      guard let next = try pipeline.next() else {
        try end()
        return nil
      }
      try begin(next)
    }
  }

  private mutating func begin(_ next: TokenizedPassage) throws(CorpusError) {
    let index = next.component
    if next.epoch != epochs[index].number {
      try checkThatSomethingSurvived(counts[index] - epochs[index].start)
      epochs[index] = (next.epoch, counts[index])
    }
    counts[index].malformedLinesSkipped += next.malformedRecordsSkipped
    countsBefore = counts
    counts[index] = counts[index] + next.counts
    passage = next
    piecesGiven = 0
  }

  private mutating func end() throws(CorpusError) {
    if let passage { piecesGiven = passage.pieces.count }
    for (index, skipped) in pipeline.malformedRecordsSkippedAtEnd().enumerated() {
      counts[index].malformedLinesSkipped += skipped
    }
    try checkThatSomethingSurvived(counts.total)
  }

  /// Start and end tokens alone are no text.
  private func checkThatSomethingSurvived(_ counts: CorpusCounts) throws(CorpusError) {
    guard counts.tokensRead > 0, counts.textBytesRead > 0 else {
      throw .nothingSurvives(counts: counts, filter: filter)
    }
  }
}
