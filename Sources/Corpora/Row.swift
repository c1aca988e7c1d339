/// A row of tokens in the making: one stretch of tokens or several, each from one piece.
struct Row: Sendable {
  var stretches: [ArraySlice<Int32>] = []
  /// The places that the first and the last stretch come from.
  var ends: (first: PieceSequence.Place, last: PieceSequence.Place)?
  /// What the row takes from each source.
  var uses: [Use] = []

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

  /// Adds tokens of a piece, of which so many are targets.
  mutating func append(_ tokens: ArraySlice<Int32>, of place: PieceSequence.Place, used: Int) {
    stretches.append(tokens)
    ends = (ends?.first ?? place, place)
    uses.append(Use(component: place.component, used: used))
  }

  /// Counts what is missing to so many targets as padding after the last piece.
  mutating func pad(to sequenceLength: Int) {
    guard !uses.isEmpty else { return }
    uses[uses.count - 1].padded = sequenceLength - uses.reduce(0) { $0 + $1.used }
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

extension RowPacker {
  /// A place whose numbers no row can have left.
  func outside(_ position: Cursor.Position, tokens: Int) -> CorpusError {
    .cursorOutsideCorpus(detail: "token \(position.tokensConsumed) of a piece of \(tokens)")
  }
}
