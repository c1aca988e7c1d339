/// Causal attention with grouped queries (arXiv:2305.13245) that never holds T×T scores: each block
/// of queries sees one strip of scores, and backward makes the strip again (arXiv:2205.14135).
///
/// A block never holds queries of two segments, so that what another segment holds is not masked but
/// never read, and a segment's result has the bits that it would have in a row of its own.
///
/// B batch, T queries, S keys (S ≥ T, the queries are the last T positions), H query heads,
/// K key/value heads, W head width.
public enum AttentionKernel {
  /// Where the matrices of one call lie: each head is contiguous [tokens, W].
  public struct Layout: Sendable {
    public var batch: Int
    public var queryCount: Int
    public var keyCount: Int
    public var queryHeads: Int
    public var keyValueHeads: Int
    public var headWidth: Int
    /// What sees what; without it each row is one segment. With it, S = T.
    public var segments: Segments?

    public init(
      batch: Int, queryCount: Int, keyCount: Int, queryHeads: Int, keyValueHeads: Int,
      headWidth: Int, segments: Segments? = nil
    ) {
      if let segments {
        precondition(
          segments.batch == batch && segments.tokens == queryCount && queryCount == keyCount,
          "segments of \(segments.batch)×\(segments.tokens) tokens for \(batch)×\(queryCount) "
            + "queries and \(keyCount) keys")
      }
      self.batch = batch
      self.queryCount = queryCount
      self.keyCount = keyCount
      self.queryHeads = queryHeads
      self.keyValueHeads = keyValueHeads
      self.headWidth = headWidth
      self.segments = segments
    }

    var group: Int { queryHeads / keyValueHeads }
    var scale: Float { 1 / Float(headWidth).squareRoot() }
    var heads: Int { queryHeads + 2 * keyValueHeads }

    /// The keys [segment, W] that a segment has for a key/value head in a packed buffer.
    func keys<E>(_ packed: UnsafePointer<E>, _ segment: Segment, head: Int) -> Operand<E> {
      let matrix = segment.row * heads + queryHeads + head
      return Operand(
        packed + (matrix * keyCount + segment.keys.lowerBound) * headWidth, stride: headWidth)
    }

    /// The values [segment, W], likewise.
    func values<E>(_ packed: UnsafePointer<E>, _ segment: Segment, head: Int) -> Operand<E> {
      keys(packed, segment, head: head).dropping(rows: keyValueHeads * keyCount)
    }

    /// The operations of so many products over all blocks.
    func floatingPointOperations(products: Int) -> Double {
      let scores = strips(of: segmentList).joined().reduce(0) { $0 + $1.rows * $1.keys }
      return 2 * Double(products * queryHeads) * Double(scores * headWidth)
    }
  }

  /// Queries whose scores exist at a time.
  static let queriesPerBlock = 128
}
