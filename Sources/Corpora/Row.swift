/// A row of tokens in the making: stretches of pieces.
struct Row: Sendable {
  /// Tokens of one piece that stand together.
  struct Part: Sendable {
    let place: PieceSequence.Place
    let tokens: Range<Int>
    /// The piece's tokens that are cut off.
    let dropped: Int
  }

  /// What became of some of a source's tokens.
  struct Use: Sendable {
    let component: Int
    /// Targets.
    let used: Int
    /// Targets that are missing at the row's end.
    let padded: Int
    /// Tokens cut off.
    let dropped: Int
  }

  private(set) var parts: [Part] = []
  /// What is left of it, as `AttentionScope` counts.
  private(set) var room: Int
  private let attention: AttentionScope

  init(_ attention: AttentionScope, sequenceLength: Int) {
    self.attention = attention
    room = attention.room(sequenceLength: sequenceLength)
  }

  /// Adds tokens of a piece, of which so many others are cut off.
  mutating func append(
    _ tokens: Range<Int>, of place: PieceSequence.Place, dropping dropped: Int = 0
  ) {
    parts.append(Part(place: place, tokens: tokens, dropped: dropped))
    room -= attention.cost(tokens: tokens.count)
  }

  /// What a batch is made of.
  var stretches: [ArraySlice<Int32>] { parts.map { $0.place.piece.tokens[$0.tokens] } }

  /// What the row takes from each source, part by part; the last answers for the padding.
  var uses: [Use] {
    parts.enumerated().map { index, part in
      // The first token of a row that is one sequence is no target.
      let isStart = attention == .row && index == 0
      return Use(
        component: part.place.component,
        used: attention.cost(tokens: part.tokens.count) - (isStart ? 1 : 0),
        padded: index == parts.count - 1 ? room : 0, dropped: part.dropped)
    }
  }

  /// Whether there is anything to predict.
  var hasTargets: Bool { uses.contains { $0.used > 0 } }
}

/// A way of laying pieces into rows.
///
/// What it keeps between two rows must follow from `position`.
protocol RowPacker: Sendable {
  /// The next row, which has something to predict, or nil at the end of the pieces.
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
  let sequenceLength: Int
  let attention: AttentionScope
  private var place: PieceSequence.Place?
  private var tokensConsumed = 0

  init(sequenceLength: Int, attention: AttentionScope) {
    self.sequenceLength = sequenceLength
    self.attention = attention
  }

  mutating func next(from pieces: inout PieceSequence) throws(CorpusError) -> Row? {
    var row = Row(attention, sequenceLength: sequenceLength)
    var isAtEnd = false
    while row.room > 0 {
      // Inside a document, a stretch's last token predicts nothing.
      let spare = attention == .document ? 1 : 0
      guard let place, tokensConsumed + spare < place.piece.tokens.count else {
        guard let next = try pieces.next() else {
          isAtEnd = true
          break
        }
        (place, tokensConsumed) = (next, 0)
        continue
      }
      let end = min(
        place.piece.tokens.count, tokensConsumed + attention.tokens(filling: row.room))
      row.append(tokensConsumed..<end, of: place)
      // It is the next stretch's first.
      tokensConsumed = end - spare
    }
    // A row's last token is the next row's first.
    if attention == .row, !isAtEnd { tokensConsumed -= 1 }
    return row.hasTargets ? row : nil
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
  let sequenceLength: Int
  let attention: AttentionScope
  private var place: PieceSequence.Place?

  init(sequenceLength: Int, attention: AttentionScope) {
    self.sequenceLength = sequenceLength
    self.attention = attention
  }

  mutating func next(from pieces: inout PieceSequence) throws(CorpusError) -> Row? {
    guard let next = try pieces.next() else { return nil }
    place = next
    var row = Row(attention, sequenceLength: sequenceLength)
    let count = next.piece.tokens.count
    let kept = min(count, attention.tokens(filling: row.room))
    row.append(0..<kept, of: next, dropping: count - kept)
    return row
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
