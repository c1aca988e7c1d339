/// How the rows of a batch fall into segments: stretches of tokens that know nothing of one another,
/// such as the documents that share a row.
///
/// A token attends to those of its own segment at or before it, and positions count from 0 in each
/// segment. B rows of T tokens; the token in column t of row r has index r · T + t.
public struct Segments: Sendable, Hashable {
  /// B, the rows.
  public let batch: Int
  /// T, the tokens a row.
  public let tokens: Int
  /// The index of each segment's first token, ascending.
  public let starts: [Int]
  /// The position of each token in its segment.
  public let positions: [Int32]

  /// - Parameter starts: The index of each segment's first token, ascending; every row begins one.
  public init(starts: [Int], batch: Int, tokens: Int) {
    let count = batch * tokens
    var positions = [Int32](repeating: 0, count: count)
    var rowsBegun = 0
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] : count
      precondition(
        start < end && start / tokens == (end - 1) / tokens,
        "a segment of the tokens \(start)..<\(end), expected one inside one row of \(tokens)")
      rowsBegun += start % tokens == 0 ? 1 : 0
      for place in start..<end { positions[place] = Int32(place - start) }
    }
    precondition(
      rowsBegun == batch, "segments begin \(rowsBegun) of \(batch) rows of \(tokens) tokens")
    self.batch = batch
    self.tokens = tokens
    self.starts = starts
    self.positions = positions
  }

  /// Every row is one segment.
  public init(batch: Int, tokens: Int) {
    self.init(starts: (0..<batch).map { $0 * tokens }, batch: batch, tokens: tokens)
  }

  /// Each segment's row and the columns that it takes up there.
  var places: [(row: Int, columns: Range<Int>)] {
    starts.indices.map { index in
      let (start, end) = (
        starts[index], index + 1 < starts.count ? starts[index + 1] : batch * tokens
      )
      let row = start / tokens
      return (row, start - row * tokens..<end - row * tokens)
    }
  }
}
