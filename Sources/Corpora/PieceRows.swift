/// A piece a row (`Packing.padOrTruncate`).
struct PieceRows: RowPacker {
  private let sequenceLength: Int
  private var place: PieceSequence.Place?
  private var anchor: PieceSequence.Anchor?

  init(sequenceLength: Int) { self.sequenceLength = sequenceLength }

  mutating func next(from pieces: inout PieceSequence) throws(CorpusError) -> Row? {
    guard let next = try pieces.next() else { return nil }
    (place, anchor) = (next, pieces.anchor)
    var row = Row()
    let tokens = next.piece.tokens.prefix(sequenceLength + 1)
    row.append(tokens, of: next, used: tokens.count - 1)
    row.uses[0].dropped = next.piece.tokens.count - tokens.count
    row.pad(to: sequenceLength)
    return row
  }

  var position: Cursor.Position? {
    guard let place, let anchor else { return nil }
    return anchor.cursorPosition(
      piece: place.piece.index, tokensConsumed: place.piece.tokens.count)
  }

  mutating func resume(
    at position: Cursor.Position, from pieces: inout PieceSequence
  ) throws(CorpusError) {
    let found = try pieces.find(position)
    guard position.tokensConsumed == found.piece.tokens.count else {
      throw outside(position, tokens: found.piece.tokens.count)
    }
    (place, anchor) = (found, pieces.anchor)
  }
}
