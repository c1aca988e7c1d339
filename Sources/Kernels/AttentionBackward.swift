extension AttentionKernel {
  /// Partial gradients of keys and values that exist at a time: 64 MiB.
  private static let partialBytes = 64 << 20

  /// The gradient of the packed buffer, from dy [B·T, H·W] and what forward took and gave.
  ///
  /// One task serves one query head. The gradients of the keys and values that it shares with its
  /// group are float32 partial sums of its own, added up in the heads' order afterwards, so the
  /// result does not depend on which thread did what.
  public static func backward(
    _ dy: Buffer, packed: Buffer, y: Buffer, logSums: Buffer, _ layout: Layout,
    into packedGradient: Buffer
  ) {
    KernelClock.measure(
      "attention, backward",
      floatingPointOperations: layout.floatingPointOperations(products: 5)
    ) {
      switch packed.elementType {
      case .bfloat16:
        backward(dy, packed, y, logSums, layout, into: packedGradient, of: BFloat16.self)
      default: backward(dy, packed, y, logSums, layout, into: packedGradient, of: Float.self)
      }
    }
  }

  private static func backward<E: ProductElement>(
    _ dy: Buffer, _ packed: Buffer, _ y: Buffer, _ logSums: Buffer, _ layout: Layout,
    into packedGradient: Buffer, of _: E.Type
  ) {
    let rowsAtOnce = min(
      layout.batch, max(1, partialBytes / (layout.partialsPerRow * MemoryLayout<Float>.stride)))
    let partials = Buffer(uninitializedCount: rowsAtOnce * layout.partialsPerRow)
    defer { withExtendedLifetime(partials) {} }
    let segments = layout.segmentList
    let pass = BackwardPass<E>(
      layout: layout, segments: segments, strips: layout.strips(of: segments),
      dy: dy.elements(), y: y.elements(), packed: packed.elements(), logSums: logSums.pointer,
      gradient: packedGradient.elements(), partials: partials.pointer)
    var first = 0
    for row in stride(from: 0, to: layout.batch, by: rowsAtOnce) {
      let rows = row..<min(row + rowsAtOnce, layout.batch)
      let end = segments[first...].firstIndex { $0.row >= rows.upperBound } ?? segments.count
      pass.run(rows, segments: first..<end)
      first = end
    }
  }

  /// Where everything lies, and how the gradient of some rows comes about.
  private struct BackwardPass<E: ProductElement> {
    let layout: Layout
    let segments: [Segment]
    let strips: [[Strip]]
    let dy: UnsafePointer<E>
    let y: UnsafePointer<E>
    let packed: UnsafePointer<E>
    let logSums: UnsafePointer<Float>
    let gradient: UnsafeMutablePointer<E>
    let partials: UnsafeMutablePointer<Float>

    /// The gradient of rows, whose segments these are.
    func run(_ rows: Range<Int>, segments range: Range<Int>) {
      let factors = range.map { BackwardFactors<E>(keys: segments[$0].keys.count, layout) }
      defer { withExtendedLifetime(factors) {} }
      ThreadPool.shared.forEach(range.count * layout.keyValueHeads) { task in
        let (index, pair) = (task / layout.keyValueHeads, task % layout.keyValueHeads)
        let (keys, values) = operands(range.lowerBound + index, pair)
        factors[index].prepare(pair, keys, values)
      }
      let none = [[Strip]](repeating: [], count: rows.count)
      let stripsOfRows = range.reduce(into: none) { ofRows, segment in
        ofRows[segments[segment].row - rows.lowerBound] += strips[segment]
      }
      ThreadPool.shared.forEach(rows.count * layout.queryHeads) { task in
        let (place, queryHead) = (task / layout.queryHeads, task % layout.queryHeads)
        backwardHead(
          head(queryHead, row: rows.lowerBound + place, partials: task), stripsOfRows[place],
          layout
        ) { segment in
          let pair = queryHead / layout.group
          let (keys, values) = operands(segment, pair)
          return factors[segment - range.lowerBound].factors(pair, keys, values)
        }
      }
      ThreadPool.shared.forEach(rows.count * layout.keyValueHeads * 2) { task in
        let (isValue, pair) = (task % 2, task / 2 % layout.keyValueHeads)
        let place = task / 2 / layout.keyValueHeads
        let (length, target) = (
          layout.queryCount * layout.headWidth,
          (rows.lowerBound + place) * layout.heads + layout.queryHeads
            + isValue * layout.keyValueHeads + pair
        )
        let first = (place * layout.queryHeads + pair * layout.group) * 2 + isValue
        addPartials(
          partials + first * length, distance: 2 * length, count: layout.group,
          into: gradient + target * length, length)
      }
    }

    private func operands(_ segment: Int, _ pair: Int) -> (keys: Operand<E>, values: Operand<E>) {
      (
        layout.keys(packed, segments[segment], head: pair),
        layout.values(packed, segments[segment], head: pair)
      )
    }

    /// One query head of one row, with the partial sums of this index.
    private func head(_ queryHead: Int, row: Int, partials index: Int) -> HeadGradient<E> {
      let length = layout.queryCount * layout.headWidth
      let start = (row * layout.heads + queryHead) * length
      let tokenMajor = (row * layout.queryCount * layout.queryHeads + queryHead) * layout.headWidth
      return HeadGradient(
        dy: dy + tokenMajor, y: y + tokenMajor,
        logSums: logSums + (row * layout.queryHeads + queryHead) * layout.queryCount,
        queries: packed + start, queryGradient: gradient + start,
        keyGradient: partials + index * 2 * length,
        valueGradient: partials + (index * 2 + 1) * length)
    }
  }

  /// target ← the sum of `count` partial sums, first to last.
  private static func addPartials<E: ProductElement>(
    _ partials: UnsafeMutablePointer<Float>, distance: Int, count: Int,
    into target: UnsafeMutablePointer<E>, _ length: Int
  ) {
    for other in 1..<max(count, 1) {
      VectorLoop.map(partials, partials + other * distance, into: partials, length) { $0 + $1 }
    }
    VectorLoop.map(partials, into: target, length) { $0 }
  }

  /// The factors that all blocks of a segment and a group of query heads share: Kᵀ, K and Vᵀ.
  private struct SegmentFactors<E: ProductElement> {
    let transposedKeys: PreparedFactor<E>
    let keys: PreparedFactor<E>
    let transposedValues: PreparedFactor<E>
  }

  /// These factors for all key/value heads of a segment.
  private struct BackwardFactors<E: ProductElement> {
    private let wide: FactorPreparation<E>
    private let tall: FactorPreparation<E>

    init(keys: Int, _ layout: Layout) {
      wide = FactorPreparation(
        count: 2 * layout.keyValueHeads, inner: layout.headWidth, columns: keys,
        from: E.elementType)
      tall = FactorPreparation(
        count: layout.keyValueHeads, inner: keys, columns: layout.headWidth, from: E.elementType)
    }

    func prepare(_ pair: Int, _ keys: Operand<E>, _ values: Operand<E>) {
      _ = wide.prepare(2 * pair, keys.transposed)
      _ = wide.prepare(2 * pair + 1, values.transposed)
      _ = tall.prepare(pair, keys)
    }

    func factors(_ pair: Int, _ keys: Operand<E>, _ values: Operand<E>) -> SegmentFactors<E> {
      SegmentFactors(
        transposedKeys: wide.factor(2 * pair, keys.transposed), keys: tall.factor(pair, keys),
        transposedValues: wide.factor(2 * pair + 1, values.transposed))
    }
  }

  /// Where one query head's matrices lie.
  private struct HeadGradient<E: ProductElement> {
    let dy: UnsafePointer<E>
    let y: UnsafePointer<E>
    let logSums: UnsafePointer<Float>
    let queries: UnsafePointer<E>
    let queryGradient: UnsafeMutablePointer<E>
    let keyGradient: UnsafeMutablePointer<Float>
    let valueGradient: UnsafeMutablePointer<Float>
  }

  /// One query head of one row, whose strips these are.
  private static func backwardHead<E: ProductElement>(
    _ head: HeadGradient<E>, _ strips: [Strip], _ layout: Layout,
    factorsOfSegment: (Int) -> SegmentFactors<E>
  ) {
    let (width, length) = (layout.headWidth, layout.queryCount * layout.headWidth)
    head.keyGradient.update(repeating: 0, count: length)
    head.valueGradient.update(repeating: 0, count: length)
    let largest = strips.reduce(0) { max($0, $1.rows * $1.keys) }
    let scores = Buffer(uninitializedCount: largest)
    let weights = Buffer(uninitializedCount: largest, of: E.elementType)
    defer { withExtendedLifetime((scores, weights)) {} }
    let (scoreRows, weightRows) = (scores.pointer, weights.elements(of: E.self))
    for strip in strips {
      let factors = factorsOfSegment(strip.segment)
      let queries = Operand(head.queries + strip.first * width, stride: width)
      let dy = Operand(
        head.dy + strip.first * layout.queryHeads * width, stride: layout.queryHeads * width)
      let wide = ProductSize(rows: strip.rows, columns: strip.keys, inner: width)
      let tall = ProductSize(rows: strip.keys, columns: width, inner: strip.rows)
      E.multiply(
        queries, factors.transposedKeys, into: scoreRows, stride: strip.keys, wide,
        accumulating: false)
      recomputeWeights(strip, layout, scoreRows, head.logSums, into: weightRows)
      // dV += Pᵀ·dY
      E.multiply(
        Operand(weightRows, stride: strip.keys, isTransposed: true), dy,
        into: head.valueGradient + strip.firstKey * width, stride: width, tall,
        accumulating: true)
      // dP = dY·Vᵀ takes the scores' place, then dS the weights'.
      E.multiply(
        dy, factors.transposedValues, into: scoreRows, stride: strip.keys, wide,
        accumulating: false)
      formScoreGradient(strip, layout, head, scoreRows, weightRows)
      // dQ = dS·K and dK += dSᵀ·Q
      E.multiply(
        Operand(weightRows, stride: strip.keys), factors.keys,
        into: head.queryGradient + strip.first * width, stride: width,
        ProductSize(rows: strip.rows, columns: width, inner: strip.keys), accumulating: false)
      E.multiply(
        Operand(weightRows, stride: strip.keys, isTransposed: true), queries,
        into: head.keyGradient + strip.firstKey * width, stride: width, tall, accumulating: true)
    }
  }

  /// P = e^(S / √W − logSum), zero where a query must not look.
  private static func recomputeWeights<E: ProductElement>(
    _ strip: Strip, _ layout: Layout, _ scores: UnsafePointer<Float>,
    _ logSums: UnsafePointer<Float>, into weights: UnsafeMutablePointer<E>
  ) {
    let scale = Vector(repeating: layout.scale)
    for row in 0..<strip.rows {
      let (line, visible) = (weights + row * strip.keys, strip.visible(row))
      let shift = Vector(repeating: -logSums[strip.first + row])
      VectorLoop.map(scores + row * strip.keys, into: line, visible) {
        exponential(multiplyAdd($0, scale, shift))
      }
      (line + visible).update(repeating: E(0), count: strip.keys - visible)
    }
  }

  /// dS = P · (dP − Σ dY·Y) / √W, over P.
  private static func formScoreGradient<E: ProductElement>(
    _ strip: Strip, _ layout: Layout, _ head: HeadGradient<E>,
    _ weightGradient: UnsafePointer<Float>, _ weights: UnsafeMutablePointer<E>
  ) {
    for row in 0..<strip.rows {
      let token = (strip.first + row) * layout.queryHeads * layout.headWidth
      let delta = VectorLoop.sum(head.dy + token, head.y + token, layout.headWidth) {
        total, a, b in multiplyAdd(a, b, total)
      }
      let (line, scale) = (weights + row * strip.keys, layout.scale)
      VectorLoop.map(weightGradient + row * strip.keys, line, into: line, strip.visible(row)) {
        ($0 - delta) * $1 * scale
      }
    }
  }
}

extension AttentionKernel.Layout {
  /// The partial sums of one row: of each query head, for keys and values.
  fileprivate var partialsPerRow: Int { queryHeads * 2 * queryCount * headWidth }
}
