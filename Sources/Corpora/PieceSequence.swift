/// The pieces of a mixture one after the other, with what is needed to find each again.
struct PieceSequence {
  /// A piece and where it comes from.
  struct Place: Sendable {
    let component: Int
    let position: PassagePosition
    let piece: TokenizedPiece
  }

  /// All that it takes to have a passage come next again.
  struct Anchor: Sendable {
    /// Where the mixture stood before the passage.
    let mixture: MixturePosition
    /// The counts there.
    let counts: [CorpusCounts]
    /// What screening remembered there.
    let screening: DocumentScreen.State?

    /// The place in a cursor from which a piece of the passage, and then its `tokensConsumed`-th token,
    /// is read.
    func cursorPosition(
      piece: Int, tokensConsumed: Int = 0, rowsTaken: Int = 0
    ) -> Cursor.Position {
      Cursor.Position(
        mixture: mixture, piece: piece, tokensConsumed: tokensConsumed, rowsTaken: rowsTaken,
        counts: counts, screening: screening)
    }
  }

  private let pipeline: PassagePipeline
  private let filter: DocumentFilter
  /// What the sources are called.
  private let names: [String]
  private var passage: TokenizedPassage?
  private var piecesGiven = 0
  /// Whether what was passed over at the end is counted.
  private var hasEnded = false
  /// How to come back to the passage of the last piece; nil before the first.
  private(set) var anchor: Anchor?
  private var screen: DocumentScreen?
  /// What was read so far, of each source, the passage at hand included.
  private(set) var counts: [CorpusCounts]
  /// Of each source the epoch that is read, and the counts at its start.
  private var epochs: [(number: Int, start: CorpusCounts)]

  /// - Parameter position: where `pipeline` starts, and the counts there, if not at the beginning.
  /// - Throws: `CorpusError.cursorOutsideCorpus` if the position's memory of screening is not that
  ///   of `screening`.
  init(
    _ pipeline: PassagePipeline, filter: DocumentFilter, screening: DocumentScreening,
    names: [String], resumingAt position: Cursor.Position?
  ) throws(CorpusError) {
    self.pipeline = pipeline
    self.filter = filter
    self.names = names
    if !screening.isEmpty {
      screen = try DocumentScreen(
        screening, resumingAt: position?.screening ?? DocumentScreen.State())
    }
    counts = position?.counts ?? names.map { _ in CorpusCounts() }
    epochs = names.indices.map {
      (position?.mixture.components[$0].epoch ?? 0, CorpusCounts())
    }
  }

  /// The piece that a saved position names.
  ///
  /// - Precondition: nothing was taken yet from a pipeline that starts at the position.
  mutating func find(_ position: Cursor.Position) throws(CorpusError) -> Place {
    while let place = try next(), anchor?.mixture == position.mixture {
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
          piece: passage.pieces[piecesGiven])
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
      try checkThatSomethingSurvived(counts[index] - epochs[index].start, of: names[index])
      epochs[index] = (next.epoch, counts[index])
      screen?.beginPass(over: UInt16(truncatingIfNeeded: index))
    }
    counts[index].malformedLinesSkipped += next.malformedRecordsSkipped
    anchor = Anchor(mixture: next.before, counts: counts, screening: screen?.state)
    if let evidence = next.evidence,
      let reason = screen?.judge(evidence, from: UInt16(truncatingIfNeeded: index))
    {
      counts[index] = counts[index] + next.counts.screenedOut(for: reason, evidence.byteCount)
      passage = nil
    } else {
      counts[index] = counts[index] + next.counts
      passage = next
    }
    piecesGiven = 0
  }

  private mutating func end() throws(CorpusError) {
    guard !hasEnded else { return }
    hasEnded = true
    if let passage { piecesGiven = passage.pieces.count }
    for (index, skipped) in pipeline.malformedRecordsSkippedAtEnd().enumerated() {
      counts[index].malformedLinesSkipped += skipped
    }
    try checkThatSomethingSurvived(counts.total, of: names.joined(separator: ", "))
  }

  /// Start and end tokens alone are no text.
  private func checkThatSomethingSurvived(
    _ counts: CorpusCounts, of source: String
  ) throws(CorpusError) {
    guard counts.tokensRead > 0, counts.textBytesRead > 0 else {
      throw .nothingSurvives(source: source, counts: counts, filter: filter)
    }
  }
}

extension CorpusCounts {
  /// What remains of these if their document is dropped whole.
  fileprivate func screenedOut(for reason: ScreeningFilter, _ byteCount: Int) -> CorpusCounts {
    var counts = CorpusCounts()
    counts.documentsRead = documentsRead
    counts.piecesRead = piecesRead
    counts.textBytesRead = textBytesRead
    counts.textBytesScreenedOut = byteCount
    switch reason {
    case .contamination: counts.documentsContaminated = 1
    case .exactDuplicate: counts.documentsDuplicated = 1
    case .nearDuplicate: counts.documentsNearlyDuplicated = 1
    }
    return counts
  }
}
