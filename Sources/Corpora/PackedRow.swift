/// What one row of a batch is made of: stretches of pieces, in the order in which they stand there.
public struct PackedRow: Sendable, Hashable {
  /// Tokens of one piece that stand together.
  public struct Stretch: Sendable, Hashable {
    /// The piece's index in the window.
    public let piece: Int
    /// Which of its tokens, at least two.
    public let tokens: Range<Int>

    public init(piece: Int, tokens: Range<Int>) {
      self.piece = piece
      self.tokens = tokens
    }
  }

  public internal(set) var stretches: [Stretch]

  public init(stretches: [Stretch]) { self.stretches = stretches }

  /// The row's targets that are not ignored.
  public func targetCount(_ attention: AttentionScope) -> Int {
    let cost = stretches.reduce(0) { $0 + attention.cost(tokens: $1.tokens.count) }
    // In a row that is one sequence, its first token alone is no target.
    return attention == .row ? max(0, cost - 1) : cost
  }

  /// The stretches' tokens, of the window's pieces.
  package func slices(of pieces: [[Int32]]) -> [ArraySlice<Int32>] {
    stretches.map { pieces[$0.piece][$0.tokens] }
  }
}

/// How well rows are filled.
public struct PackingStatistics: Sendable, Hashable {
  public private(set) var rows = 0
  /// Targets in them that are not ignored.
  public private(set) var tokensUsed = 0
  /// Ignored targets.
  public private(set) var tokensPadded = 0
  /// Pieces longer than a row, which had to be cut.
  public private(set) var piecesCut = 0

  /// What a packer's rows of one window come to.
  public init(_ rows: [PackedRow], packedBy packer: BestFitPacker) {
    self.rows = rows.count
    for row in rows {
      tokensUsed += row.targetCount(packer.attention)
      // The second stretch of each.
      piecesCut += row.stretches.count { $0.tokens.lowerBound == packer.sequenceLength }
    }
    tokensPadded = self.rows * packer.sequenceLength - tokensUsed
  }

  /// The share of targets that are not ignored; 1 if there are no rows.
  public var utilization: Double {
    rows == 0 ? 1 : Double(tokensUsed) / Double(tokensUsed + tokensPadded)
  }
}
