/// A packed buffer [H + 2K, N, W] (queries, keys, values head by head), and attention with its
/// queries.
///
/// N tokens, H query heads, K key/value heads, W head width.
struct PackedHeads {
  let queryHeads: Int
  let keyValueHeads: Int
  let headWidth: Int
  /// N.
  let rows: Int

  /// The query heads that share a key/value head.
  private var group: Int { queryHeads / keyValueHeads }

  /// Tokens whose scores exist at a time: a block's queries are those of all heads of a group.
  var rowsPerProduct: Int { max(1, AttentionKernel.queriesPerBlock / group) }

  /// The operations of both products for so many pairs of a query and a key.
  func floatingPointOperations(scores: Int) -> Double {
    4 * Double(queryHeads * headWidth) * Double(scores)
  }

  /// The keys [N, W] of a head.
  func keys<E>(_ packed: UnsafePointer<E>, head: Int) -> UnsafePointer<E> {
    packed + (queryHeads + head) * rows * headWidth
  }

  /// The values [N, W] of a head.
  func values<E>(_ packed: UnsafePointer<E>, head: Int) -> UnsafePointer<E> {
    keys(packed, head: keyValueHeads + head)
  }

  /// y [N, H·W] ← attention of a run's queries, of all heads that share a key/value head, over the
  /// keys and values along a path.
  func attend<E: ProductElement>(
    _ run: PrefixRuns.Run, along path: PathFactors<E>, _ packed: UnsafePointer<E>, head: Int,
    into y: UnsafeMutablePointer<E>
  ) {
    let (width, count, keys) = (headWidth, run.rows.count, run.length)
    let stacked = group * count
    let queries = Buffer(uninitializedCount: stacked * width, of: E.elementType)
    let scores = Buffer(uninitializedCount: stacked * keys)
    // Float32 exponentials take their scores' place.
    let weights =
      E.elementType == .float32
      ? scores : Buffer(uninitializedCount: scores.count, of: E.elementType)
    let results = Buffer(uninitializedCount: stacked * (width + 1))
    defer { withExtendedLifetime((queries, scores, weights, results)) {} }
    let (queryRows, scoreRows) = (queries.elements(of: E.self), scores.pointer)
    let (weightRows, sums) = (weights.elements(of: E.self), results.pointer + stacked * width)
    for member in 0..<group {
      let first = (head * group + member) * rows + run.rows.lowerBound
      (queryRows + member * count * width).update(
        from: packed + first * width, count: count * width)
    }
    E.multiply(
      Operand(queryRows, stride: width), path.keys, into: scoreRows, stride: keys,
      ProductSize(rows: stacked, columns: keys, inner: width), accumulating: false)
    let scale = 1 / Float(width).squareRoot()
    for row in 0..<stacked {
      let (line, visible) = (weightRows + row * keys, run.depth + row % count + 1)
      sums[row] =
        SoftmaxKernel.exponentiate(scoreRows + row * keys, into: line, visible, scale: scale).sum
      (line + visible).update(repeating: E(0), count: keys - visible)
    }
    E.multiply(
      Operand(weightRows, stride: keys), path.values, into: results.pointer, stride: width,
      ProductSize(rows: stacked, columns: width, inner: keys), accumulating: false)
    for row in 0..<stacked {
      let token = run.rows.lowerBound + row % count
      let target = y + (token * queryHeads + head * group + row / count) * width
      let inverse = 1 / sums[row]
      VectorLoop.map(results.pointer + row * width, into: target, width) { $0 * inverse }
    }
  }
}
