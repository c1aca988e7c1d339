/// Attention of one token's queries over the keys and values of its sequence, of all query heads that
/// share a key/value head, in memory that is kept.
///
/// W head width, G query heads of the group.
struct DecodingAttention<E: ProductElement> {
  private let width: Int
  /// [G, W].
  let queries: UnsafeMutablePointer<E>
  private let scores: UnsafeMutablePointer<Float>
  private let weights: UnsafeMutablePointer<E>
  /// [G, W].
  private let results: UnsafeMutablePointer<Float>
  /// [G].
  private let inverses: UnsafeMutablePointer<Float>
  private let productScratch: UnsafeMutablePointer<UInt16>
  private let memory: [Buffer]

  /// Memory for sequences of up to `capacity` tokens and groups of up to `group` query heads.
  init(capacity: Int, group: Int, width: Int) {
    self.width = width
    let queries = Buffer(uninitializedCount: group * width, of: E.elementType)
    let scores = Buffer(uninitializedCount: group * capacity)
    let weights = Buffer(uninitializedCount: group * capacity, of: E.elementType)
    let results = Buffer(uninitializedCount: group * (width + 1))
    let sizes = [
      ProductSize(rows: group, columns: capacity, inner: width),
      ProductSize(rows: group, columns: width, inner: capacity),
    ]
    let product = Buffer(
      uninitializedCount: sizes.map {
        PairedProduct.scratchCount($0, transposesA: false, packsB: false)
      }.max() ?? 0, of: .bfloat16)
    self.queries = queries.elements()
    self.scores = scores.pointer
    self.weights = weights.elements()
    self.results = results.pointer
    inverses = results.pointer + group * width
    productScratch = product.address.assumingMemoryBound(to: UInt16.self)
    memory = [queries, scores, weights, results, product]
  }

  /// y [G, W] ← softmax(queries · Kᵀ / √W) · V over the first `count` tokens.
  func attend(
    along path: PathFactors<E>, count: Int, group: Int, into y: UnsafeMutablePointer<E>
  ) {
    multiply(
      queries, path.keys, into: scores, ProductSize(rows: group, columns: count, inner: width))
    let scale = 1 / Float(width).squareRoot()
    for row in 0..<group {
      let sum = SoftmaxKernel.exponentiate(
        scores + row * count, into: weights + row * count, count, scale: scale
      ).sum
      inverses[row] = 1 / sum
    }
    multiply(
      weights, path.values, into: results, ProductSize(rows: group, columns: width, inner: count))
    for row in 0..<group {
      let inverse = inverses[row]
      VectorLoop.map(results + row * width, into: y + row * width, width) { $0 * inverse }
    }
    withExtendedLifetime(memory) {}
  }

  private func multiply(
    _ a: UnsafeMutablePointer<E>, _ b: PreparedFactor<E>, into c: UnsafeMutablePointer<Float>,
    _ size: ProductSize
  ) {
    guard case .packed(let packed, let inner) = b.layout else {
      E.multiply(
        Operand(a, stride: size.inner), b, into: c, stride: size.columns, size,
        accumulating: false)
      return
    }
    PairedProduct.run(
      Operand(
        UnsafeMutableRawPointer(a).assumingMemoryBound(to: BFloat16.self), stride: size.inner),
      packed: packed, packedInner: inner,
      into: PairedProduct.Target(c, stride: size.columns, isAccumulating: false), size,
      scratch: productScratch)
  }
}
