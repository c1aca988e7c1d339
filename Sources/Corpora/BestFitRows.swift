/// Rows of whole pieces, window by window (`Packing.bestFit`).
///
/// A window is packed at once, so that the place between two of its rows is the window's beginning
/// and a number of rows; what is read again on resuming is a window.
struct BestFitRows: RowPacker {
  /// A window also ends at so many tokens, 64 MiB of them, so that long pieces do not fill memory.
  private static let maximumWindowTokens = 1 << 24

  private let packer: BestFitPacker
  private let windowPieces: Int
  private var window: [PieceSequence.Place] = []
  private var anchor: PieceSequence.Anchor?
  private var rows: [PackedRow] = []
  private var rowsTaken = 0

  init(sequenceLength: Int, attention: AttentionScope, windowPieces: Int) {
    packer = BestFitPacker(sequenceLength: sequenceLength, attention: attention)
    self.windowPieces = windowPieces
  }

  mutating func next(from pieces: inout PieceSequence) throws(CorpusError) -> Row? {
    // Pieces without a target make no row.
    while rowsTaken == rows.count {
      guard let first = try pieces.next() else { return nil }
      try readWindow(from: first, &pieces)
    }
    var row = Row()
    for stretch in rows[rowsTaken].stretches {
      let place = window[stretch.piece]
      let startsSequence = packer.attention == .document || row.stretches.isEmpty
      row.append(
        place.piece.tokens[stretch.tokens], of: place,
        used: stretch.tokens.count - (startsSequence ? 1 : 0))
    }
    row.pad(to: packer.sequenceLength)
    rowsTaken += 1
    return row
  }

  private mutating func readWindow(
    from first: PieceSequence.Place, _ pieces: inout PieceSequence
  ) throws(CorpusError) {
    anchor = pieces.anchor
    window = [first]
    var tokenCount = first.piece.tokens.count
    while window.count < windowPieces, tokenCount < Self.maximumWindowTokens,
      let next = try pieces.next()
    {
      window.append(next)
      tokenCount += next.piece.tokens.count
    }
    rows = packer.rows(ofPieces: window.map(\.piece.tokens.count))
    rowsTaken = 0
  }

  var position: Cursor.Position? {
    guard let anchor, let first = window.first else { return nil }
    return anchor.cursorPosition(piece: first.piece.index, rowsTaken: rowsTaken)
  }

  mutating func resume(
    at position: Cursor.Position, from pieces: inout PieceSequence
  ) throws(CorpusError) {
    let first = try pieces.find(position)
    guard position.tokensConsumed == 0 else {
      throw outside(position, tokens: first.piece.tokens.count)
    }
    try readWindow(from: first, &pieces)
    guard position.rowsTaken <= rows.count else {
      throw .cursorOutsideCorpus(
        detail: "row \(position.rowsTaken) of a window of \(rows.count)")
    }
    rowsTaken = position.rowsTaken
  }
}
