import Foundation

extension AttentionKernel {
  /// Attention of a packed buffer [B, H + 2K, T, W] (queries, keys, values head by head).
  ///
  /// `y` is [B·T, H·W], token-major, of the packed buffer's type; `logSums` [B, H, T], float32, is
  /// what backward needs.
  public static func forward(_ packed: Buffer, _ layout: Layout, into y: Buffer, logSums: Buffer) {
    KernelClock.measure(
      "attention, forward",
      floatingPointOperations: layout.floatingPointOperations(products: 2)
    ) {
      switch packed.elementType {
      case .bfloat16:
        forward(packed, layout, into: y, logSums: logSums.pointer, of: BFloat16.self)
      default: forward(packed, layout, into: y, logSums: logSums.pointer, of: Float.self)
      }
    }
  }

  private static func forward<E: ProductElement>(
    _ packed: Buffer, _ layout: Layout, into y: Buffer, logSums: UnsafeMutablePointer<Float>,
    of _: E.Type
  ) {
    let (head, width) = (layout.queryCount * layout.headWidth, layout.headWidth)
    let (start, y) = (UnsafePointer(packed.elements(of: E.self)), y.elements(of: E.self))
    let segments = layout.segmentList
    let factors = segments.map { KeyValueFactors<E>(keys: $0.keys.count, layout) }
    defer { withExtendedLifetime(factors) {} }
    ThreadPool.shared.forEach(segments.count * layout.keyValueHeads) { task in
      let (index, pair) = (task / layout.keyValueHeads, task % layout.keyValueHeads)
      factors[index].prepare(
        pair, layout.keys(start, segments[index], head: pair),
        layout.values(start, segments[index], head: pair))
    }
    let tasks = layout.strips(of: segments).flatMap { strips in
      (0..<layout.queryHeads).flatMap { head in strips.map { (strip: $0, queryHead: head) } }
    }
    ThreadPool.shared.forEach(tasks.count) { task in
      let (strip, queryHead) = tasks[task]
      let (segment, pair) = (segments[strip.segment], queryHead / layout.group)
      let row = segment.row
      forwardBlock(
        strip, layout, queries: start + (row * layout.heads + queryHead) * head,
        keys: factors[strip.segment].keys(pair, layout.keys(start, segment, head: pair)),
        values: factors[strip.segment].values(pair, layout.values(start, segment, head: pair)),
        into: y + (row * layout.queryCount * layout.queryHeads + queryHead) * width,
        logSums: logSums + (row * layout.queryHeads + queryHead) * layout.queryCount)
    }
  }

  /// A segment's keys, transposed, and values as factors that all blocks of all its queries share.
  private struct KeyValueFactors<E: ProductElement> {
    private let keyPreparation: FactorPreparation<E>
    private let valuePreparation: FactorPreparation<E>

    init(keys: Int, _ layout: Layout) {
      keyPreparation = FactorPreparation(
        count: layout.keyValueHeads, inner: layout.headWidth, columns: keys, from: E.elementType)
      valuePreparation = FactorPreparation(
        count: layout.keyValueHeads, inner: keys, columns: layout.headWidth, from: E.elementType)
    }

    func prepare(_ pair: Int, _ keys: Operand<E>, _ values: Operand<E>) {
      _ = keyPreparation.prepare(pair, keys.transposed)
      _ = valuePreparation.prepare(pair, values)
    }

    func keys(_ pair: Int, _ keys: Operand<E>) -> PreparedFactor<E> {
      keyPreparation.factor(pair, keys.transposed)
    }

    func values(_ pair: Int, _ values: Operand<E>) -> PreparedFactor<E> {
      valuePreparation.factor(pair, values)
    }
  }

  /// One block of queries of one head.
  ///
  /// Exponentials enter the product as they are, and each row of the result is divided by their
  /// sum: there are W of its numbers, not one for each key.
  private static func forwardBlock<E: ProductElement>(
    _ strip: Strip, _ layout: Layout, queries: UnsafePointer<E>, keys: PreparedFactor<E>,
    values: PreparedFactor<E>, into y: UnsafeMutablePointer<E>, logSums: UnsafeMutablePointer<Float>
  ) {
    let width = layout.headWidth
    let scores = Buffer(uninitializedCount: strip.rows * strip.keys)
    // Float32 exponentials take their scores' place.
    let weights =
      E.elementType == .float32
      ? scores : Buffer(uninitializedCount: scores.count, of: E.elementType)
    let sums = Buffer(uninitializedCount: strip.rows * (width + 1))
    defer { withExtendedLifetime((scores, weights, sums)) {} }
    let (scoreRows, weightRows) = (scores.pointer, weights.elements(of: E.self))
    let (inverses, results) = (sums.pointer + strip.rows * width, sums.pointer)
    E.multiply(
      Operand(queries + strip.first * width, stride: width), keys, into: scoreRows,
      stride: strip.keys,
      ProductSize(rows: strip.rows, columns: strip.keys, inner: width), accumulating: false)
    for row in 0..<strip.rows {
      let (line, visible) = (weightRows + row * strip.keys, strip.visible(row))
      let (sum, largest) = SoftmaxKernel.exponentiate(
        scoreRows + row * strip.keys, into: line, visible, scale: layout.scale)
      logSums[strip.first + row] = largest + log(sum)
      inverses[row] = 1 / sum
      (line + visible).update(repeating: E(0), count: strip.keys - visible)
    }
    E.multiply(
      Operand(weightRows, stride: strip.keys), values, into: results,
      stride: width, ProductSize(rows: strip.rows, columns: width, inner: strip.keys),
      accumulating: false)
    for row in 0..<strip.rows {
      let inverse = inverses[row]
      VectorLoop.map(
        results + row * width, into: y + (strip.first + row) * layout.queryHeads * width, width
      ) { $0 * inverse }
    }
  }
}
