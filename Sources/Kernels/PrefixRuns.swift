/// Token sequences laid out so that what they share at their beginnings is there once.
///
/// The sequences come in an order in which each shares its beginning with the one before it, as
/// sorted ones do. A run is what a sequence adds: it keeps the first `depth` tokens of the sequence
/// before and goes on with tokens of its own. All runs stand one after another without padding, N
/// rows in all, and a token's position is its place in its sequence. So the rows are the nodes of a
/// tree of tokens, in the order of a walk depth first.
///
/// The first run may keep tokens too: `carried` ones, whose keys and values another call has left.
public struct PrefixRuns: Sendable, Hashable {
  /// What one sequence adds.
  public struct Run: Sendable, Hashable {
    /// The tokens that it keeps of the sequence before.
    public let depth: Int
    /// Its own, among the N.
    public let rows: Range<Int>

    /// The length of the sequence.
    public var length: Int { depth + rows.count }
  }

  /// Where a sequence ends: the first `length` tokens of the one that ends with a run.
  public struct End: Sendable, Hashable {
    public let run: Int
    public let length: Int

    public init(run: Int, length: Int) {
      self.run = run
      self.length = length
    }
  }

  public let runs: [Run]
  /// The tokens before the first run whose keys and values are kept elsewhere.
  public let carried: Int
  /// The position of each of the N tokens.
  public let positions: [Int32]

  /// - Parameter runs: How many tokens each keeps, at most the length of the sequence before, and
  ///   how many it adds, at least one.
  public init(carried: Int = 0, _ runs: [(depth: Int, count: Int)]) {
    precondition(carried >= 0, "\(carried) carried tokens")
    var (length, row) = (carried, 0)
    var positions: [Int32] = []
    self.runs = runs.map { depth, count in
      precondition(
        (0...length).contains(depth) && count > 0,
        "a run of \(count) tokens that keeps \(depth) of a sequence of \(length)")
      defer { row += count }
      length = depth + count
      positions += Int32(depth)..<Int32(length)
      return Run(depth: depth, rows: row..<row + count)
    }
    self.carried = carried
    self.positions = positions
  }

  /// N, the tokens of all runs.
  public var rowCount: Int { positions.count }

  /// The length of the longest sequence, carried tokens included.
  public var longest: Int { runs.reduce(carried) { max($0, $1.length) } }
}

extension PrefixRuns {
  /// Where some tokens of a sequence lie.
  struct Piece: Hashable {
    enum Place: Hashable {
      /// Among the carried tokens, from this one on.
      case carried(Int)
      /// Among the N rows, from this one on.
      case rows(Int)
    }

    /// Their positions in the sequence.
    let positions: Range<Int>
    let place: Place
  }

  /// Where the first `length` tokens lie of the sequence that ends with a run, or of the carried
  /// ones where no run is given; the last tokens come first.
  func path(through run: Int?, length: Int) -> [Piece] {
    var (pieces, end) = ([Piece](), length)
    var index = run ?? -1
    while index >= 0, end > 0 {
      let run = runs[index]
      if run.depth < end {
        pieces.append(Piece(positions: run.depth..<end, place: .rows(run.rows.lowerBound)))
        end = run.depth
      }
      index -= 1
    }
    if end > 0 { pieces.append(Piece(positions: 0..<end, place: .carried(0))) }
    return pieces
  }

  /// The same tokens in runs of at most `count`.
  func cut(to count: Int) -> PrefixRuns {
    PrefixRuns(
      carried: carried,
      runs.flatMap { run in
        stride(from: 0, to: run.rows.count, by: count).map { start in
          (run.depth + start, min(count, run.rows.count - start))
        }
      })
  }
}
