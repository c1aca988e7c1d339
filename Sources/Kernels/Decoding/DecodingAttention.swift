/// Attention of one token's queries over the keys and values of its sequence, of all query heads that
/// share a key/value head, in memory that is kept.
///
/// W head width, G query heads of the group. Sums are those of ``PackedHeads`` to the bit.
struct DecodingAttention<E: ProductElement> {
  private let width: Int
  /// [G, W].
  let queries: UnsafeMutablePointer<E>
  /// [G, count].
  private let scores: UnsafeMutablePointer<Float>
  /// [G, count], count rounded up to whole pairs.
  private let weights: UnsafeMutablePointer<E>
  /// [G, W].
  private let results: UnsafeMutablePointer<Float>
  /// [G].
  private let inverses: UnsafeMutablePointer<Float>
  private let memory: [Buffer]

  /// Memory for sequences of up to `capacity` tokens and groups of up to `group` query heads.
  init(capacity: Int, group: Int, width: Int) {
    self.width = width
    let queries = Buffer(uninitializedCount: group * width, of: E.elementType)
    let scores = Buffer(uninitializedCount: group * capacity)
    let weights = Buffer(uninitializedCount: group * (capacity + 1), of: E.elementType)
    let results = Buffer(uninitializedCount: group * (width + 1))
    self.queries = queries.elements()
    self.scores = scores.pointer
    self.weights = weights.elements()
    self.results = results.pointer
    inverses = results.pointer + group * width
    memory = [queries, scores, weights, results]
  }

  /// y [G, W] ← softmax(queries · Kᵀ / √W) · V over the first `count` tokens.
  func attend(
    along path: PathFactors<E>, count: Int, group: Int, into y: UnsafeMutablePointer<E>
  ) {
    multiply(
      queries, stride: width, path.keys, into: scores,
      ProductSize(rows: group, columns: count, inner: width))
    let (scale, stride) = (1 / Float(width).squareRoot(), count + count % 2)
    for row in 0..<group {
      let line = weights + row * stride
      let sum = SoftmaxKernel.exponentiate(scores + row * count, into: line, count, scale: scale)
        .sum
      if stride > count { line[count] = E(0) }
      inverses[row] = 1 / sum
    }
    multiply(
      weights, stride: stride, path.values, into: results,
      ProductSize(rows: group, columns: width, inner: count))
    for row in 0..<group {
      let inverse = inverses[row]
      VectorLoop.map(results + row * width, into: y + row * width, width) { $0 * inverse }
    }
    withExtendedLifetime(memory) {}
  }

  private func multiply(
    _ a: UnsafeMutablePointer<E>, stride: Int, _ b: PreparedFactor<E>,
    into c: UnsafeMutablePointer<Float>, _ size: ProductSize
  ) {
    guard case .packed(let packed, let inner) = b.layout else {
      E.multiply(
        Operand(a, stride: stride), b, into: c, stride: size.columns, size, accumulating: false)
      return
    }
    PairStream(start: packed, groupStep: 64 * PairedProduct.pairCount(inner)).run(
      a, rows: size.rows, stride: 2 * stride, pairs: PairedProduct.pairCount(size.inner), from: 0,
      into: TileTarget(
        start: c, stride: size.columns, columns: size.columns, isAccumulating: false))
  }
}
