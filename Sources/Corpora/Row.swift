/// A row of tokens in the making.
struct Row: Sendable {
  /// Two at least, sequence length + 1 at most.
  var tokens: [Int32]
  /// The places that the first and the last token come from.
  var first: PieceSequence.Place
  var last: PieceSequence.Place
  /// What the row takes from each source.
  var uses: [Use]

  /// What became of some of a source's tokens.
  struct Use: Sendable {
    var component: Int
    /// Targets.
    var used = 0
    /// Targets that are missing at the row's end.
    var padded = 0
    /// Tokens cut off.
    var dropped = 0
  }
}

/// A way of laying pieces into rows.
///
/// What it keeps between two rows must follow from `position`.
protocol RowPacker: Sendable {
  /// The next row, or nil at the end of the pieces.
  mutating func next(from pieces: inout PieceSequence) throws(CorpusError) -> Row?

  /// Where to go on after the last row; nil before the first piece.
  var position: Cursor.Position? { get }

  /// Takes up what `position` told, from pieces that start at its passage.
  mutating func resume(
    at position: Cursor.Position, from pieces: inout PieceSequence
  ) throws(CorpusError)
}

/// Rows that run on over pieces (`Packing.concatenated`).
struct JoinedRows: RowPacker {
  let capacity: Int
  private var place: PieceSequence.Place?
  private var tokensConsumed = 0

  /// - Parameter capacity: sequence length + 1.
  init(capacity: Int) { self.capacity = capacity }

  mutating func next(from pieces: inout PieceSequence) throws(CorpusError) -> Row? {
    var tokens: [Int32] = []
    tokens.reserveCapacity(capacity)
    var uses: [Row.Use] = []
    var first: PieceSequence.Place?
    var last: PieceSequence.Place?
    var isAtEnd = false
    while tokens.count < capacity {
      guard let place, tokensConsumed < place.piece.tokens.count else {
        guard let next = try pieces.next() else {
          isAtEnd = true
          break
        }
        (place, tokensConsumed) = (next, 0)
        continue
      }
      let end = min(place.piece.tokens.count, tokensConsumed + capacity - tokens.count)
      // The row's first token is no target of this row.
      let used = end - tokensConsumed - (tokens.isEmpty ? 1 : 0)
      uses.append(Row.Use(component: place.component, used: used))
      tokens += place.piece.tokens[tokensConsumed..<end]
      tokensConsumed = end
      last = place
      first = first ?? place
    }
    // The row's last token is the next one's first.
    if !isAtEnd { tokensConsumed -= 1 }
    guard let first, let last, tokens.count > 1 else { return nil }
    uses[uses.count - 1].padded = capacity - tokens.count
    return Row(tokens: tokens, first: first, last: last, uses: uses)
  }

  var position: Cursor.Position? { place?.cursorPosition(tokensConsumed: tokensConsumed) }

  mutating func resume(
    at position: Cursor.Position, from pieces: inout PieceSequence
  ) throws(CorpusError) {
    let found = try pieces.find(position)
    guard position.tokensConsumed <= found.piece.tokens.count else {
      throw .cursorOutsideCorpus(
        detail: "token \(position.tokensConsumed) of a piece of \(found.piece.tokens.count)")
    }
    (place, tokensConsumed) = (found, position.tokensConsumed)
  }
}

/// A piece a row (`Packing.padOrTruncate`).
struct PieceRows: RowPacker {
  let capacity: Int
  private var place: PieceSequence.Place?

  /// - Parameter capacity: sequence length + 1.
  init(capacity: Int) { self.capacity = capacity }

  mutating func next(from pieces: inout PieceSequence) throws(CorpusError) -> Row? {
    guard let next = try pieces.next() else { return nil }
    place = next
    let tokens = Array(next.piece.tokens.prefix(capacity))
    let use = Row.Use(
      component: next.component, used: tokens.count - 1, padded: capacity - tokens.count,
      dropped: next.piece.tokens.count - tokens.count)
    return Row(tokens: tokens, first: next, last: next, uses: [use])
  }

  var position: Cursor.Position? {
    place.map { $0.cursorPosition(tokensConsumed: $0.piece.tokens.count) }
  }

  mutating func resume(
    at position: Cursor.Position, from pieces: inout PieceSequence
  ) throws(CorpusError) {
    let found = try pieces.find(position)
    guard position.tokensConsumed == found.piece.tokens.count else {
      throw .cursorOutsideCorpus(
        detail: "token \(position.tokensConsumed) of a piece of \(found.piece.tokens.count)")
    }
    place = found
  }
}
