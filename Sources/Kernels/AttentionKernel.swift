/// Causal attention with grouped queries (arXiv:2305.13245) that never holds T×T scores: each block
/// of queries sees one strip of scores, and backward makes the strip again (arXiv:2205.14135).
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

    public init(
      batch: Int, queryCount: Int, keyCount: Int, queryHeads: Int, keyValueHeads: Int,
      headWidth: Int
    ) {
      self.batch = batch
      self.queryCount = queryCount
      self.keyCount = keyCount
      self.queryHeads = queryHeads
      self.keyValueHeads = keyValueHeads
      self.headWidth = headWidth
    }

    var group: Int { queryHeads / keyValueHeads }
    var scale: Float { 1 / Float(headWidth).squareRoot() }
    var blocks: Int { (queryCount + queriesPerBlock - 1) / queriesPerBlock }
    var heads: Int { queryHeads + 2 * keyValueHeads }

    /// The keys [S, W] that a pair of sequence and key/value head has in a packed buffer.
    func keys<E>(_ packed: UnsafePointer<E>, ofPair pair: Int) -> Operand<E> {
      let head = (pair / keyValueHeads) * heads + queryHeads + pair % keyValueHeads
      return Operand(packed + head * keyCount * headWidth, stride: headWidth)
    }

    /// The values [S, W], likewise.
    func values<E>(_ packed: UnsafePointer<E>, ofPair pair: Int) -> Operand<E> {
      keys(packed, ofPair: pair).dropping(rows: keyValueHeads * keyCount)
    }

    /// The operations of so many products over all blocks.
    func floatingPointOperations(products: Int) -> Double {
      let scores = (0..<blocks).reduce(0) { total, block in
        let strip = Strip(block, self)
        return total + strip.rows * strip.keys
      }
      return 2 * Double(products * batch * queryHeads) * Double(scores * headWidth)
    }
  }

  /// Queries whose scores exist at a time.
  static let queriesPerBlock = 128

  /// Copies `heads` heads of a packed buffer [H + 2K, T, W], from `firstHead` on, into a cache
  /// [heads, capacity, W] at position `position`.
  public static func append(
    _ packed: Buffer, firstHead: Int, heads: Int, tokens: Int, headWidth: Int,
    to cache: Buffer, capacity: Int, at position: Int
  ) {
    for head in 0..<heads {
      (cache.pointer + (head * capacity + position) * headWidth).update(
        from: packed.pointer + (firstHead + head) * tokens * headWidth, count: tokens * headWidth)
    }
  }

  /// The scores of one block of queries against all the keys that any of them may see.
  struct Strip {
    /// The first query of the block.
    let first: Int
    let rows: Int
    /// Keys that the block's last query sees.
    let keys: Int
    private let keysBefore: Int

    init(_ block: Int, _ layout: Layout) {
      first = block * queriesPerBlock
      rows = min(queriesPerBlock, layout.queryCount - first)
      keysBefore = layout.keyCount - layout.queryCount + first
      keys = keysBefore + rows
    }

    /// How many keys the block's `row`-th query sees.
    func visible(_ row: Int) -> Int { keysBefore + row + 1 }
  }
}
