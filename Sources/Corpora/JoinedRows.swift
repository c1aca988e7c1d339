/// Rows that run on over pieces (`Packing.concatenated`).
struct JoinedRows: RowPacker {
  private let sequenceLength: Int
  private let attention: AttentionScope
  private var place: PieceSequence.Place?
  private var anchor: PieceSequence.Anchor?
  private var tokensConsumed = 0

  init(sequenceLength: Int, attention: AttentionScope) {
    self.sequenceLength = sequenceLength
    self.attention = attention
  }

  mutating func next(from pieces: inout PieceSequence) throws(CorpusError) -> Row? {
    var row = Row()
    var room = attention.room(sequenceLength: sequenceLength)
    while room > 0 {
      guard let place, place.piece.tokens.count - tokensConsumed >= fewestTokens else {
        guard let next = try pieces.next() else { break }
        (place, anchor, tokensConsumed) = (next, pieces.anchor, 0)
        continue
      }
      let tokens = place.piece.tokens[tokensConsumed...].prefix(mostTokens(room))
      let cost = attention.cost(tokens: tokens.count)
      // A sequence's first token is no target of its own.
      let startsSequence = attention == .document || row.stretches.isEmpty
      row.append(tokens, of: place, used: tokens.count - (startsSequence ? 1 : 0))
      room -= cost
      tokensConsumed += tokens.count
      // Its last token is the next sequence's first, where the same piece, or the same row, goes on.
      if room == 0, attention == .row || tokensConsumed < place.piece.tokens.count {
        tokensConsumed -= 1
      }
    }
    guard row.uses.contains(where: { $0.used > 0 }) else { return nil }
    row.pad(to: sequenceLength)
    return row
  }

  /// A segment of one token would have nothing to predict.
  private var fewestTokens: Int { attention == .row ? 1 : 2 }

  private func mostTokens(_ room: Int) -> Int { attention == .row ? room : room + 1 }

  var position: Cursor.Position? {
    guard let place, let anchor else { return nil }
    return anchor.cursorPosition(piece: place.piece.index, tokensConsumed: tokensConsumed)
  }

  mutating func resume(
    at position: Cursor.Position, from pieces: inout PieceSequence
  ) throws(CorpusError) {
    let found = try pieces.find(position)
    guard position.tokensConsumed <= found.piece.tokens.count else {
      throw outside(position, tokens: found.piece.tokens.count)
    }
    (place, anchor, tokensConsumed) = (found, pieces.anchor, position.tokensConsumed)
  }
}
