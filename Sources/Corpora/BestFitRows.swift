/// Rows packed by windows of pieces (`Packing.bestFit`).
///
/// A window is read whole before its first row is given. Its place is its first piece and the rows
/// given: the rest follows, since what a packer makes of a window depends on the window alone.
struct BestFitRows: RowPacker {
  private let packer: BestFitPacker
  private let windowPieces: Int
  private var window: [PieceSequence.Place] = []
  private var rows: [PackedRow] = []
  private var rowsTaken = 0

  init(windowPieces: Int, sequenceLength: Int, attention: AttentionScope) {
    self.windowPieces = windowPieces
    packer = BestFitPacker(sequenceLength: sequenceLength, attention: attention)
  }

  mutating func next(from pieces: inout PieceSequence) throws(CorpusError) -> Row? {
    if rowsTaken == rows.count {
      guard let first = try pieces.next() else { return nil }
      try readWindow(startingAt: first, from: &pieces)
    }
    defer { rowsTaken += 1 }
    var row = Row(packer.attention, sequenceLength: packer.sequenceLength)
    for stretch in rows[rowsTaken].stretches {
      row.append(stretch.tokens, of: window[stretch.piece])
    }
    return row
  }

  private mutating func readWindow(
    startingAt first: PieceSequence.Place, from pieces: inout PieceSequence
  ) throws(CorpusError) {
    window = [first]
    while window.count < windowPieces, let next = try pieces.next() { window.append(next) }
    rows = packer.rows(ofPieces: window.map(\.piece.tokens.count))
    rowsTaken = 0
  }

  var position: Cursor.Position? {
    window.first?.cursorPosition(tokensConsumed: 0, rowsTaken: rowsTaken)
  }

  mutating func resume(
    at position: Cursor.Position, from pieces: inout PieceSequence
  ) throws(CorpusError) {
    try readWindow(startingAt: pieces.find(position), from: &pieces)
    guard position.rowsTaken <= rows.count, position.tokensConsumed == 0 else {
      throw .cursorOutsideCorpus(
        detail: "row \(position.rowsTaken) of a window of \(rows.count), "
          + "token \(position.tokensConsumed)")
    }
    rowsTaken = position.rowsTaken
  }
}
