/// Root-mean-square normalization of rows (arXiv:1910.07467), forward and backward in one pass each.
///
/// N rows, D width.
public enum RMSNormalizationKernel {
  /// Rows that share one partial sum of the weight's gradient.
  private static let rowsPerBlock = 64

  /// y ← x / √(mean x² + ε) · weight, and the row's 1/√(…) into `scales` [N].
  public static func forward(
    _ x: Buffer, weight: Buffer, epsilon: Float, rows: Int, width: Int,
    into y: Buffer, scales: Buffer
  ) {
    let (x, weight, y, scales) = (x.pointer, weight.pointer, y.pointer, scales.pointer)
    ThreadPool.shared.forEachRange(rows, grain: rowsPerBlock) { range in
      for row in range {
        let source = x + row * width
        let scale = inverseRootMeanSquare(source, width, epsilon)
        scales[row] = scale
        VectorLoop.map(source, weight, into: y + row * width, width) { ($0 * scale) * $1 }
      }
    }
  }

  /// dx and, into `weightGradient` [D], Σ over rows of dy · x̂.
  ///
  /// With x̂ = x·s and g = dy·weight: dx = s · (g − x̂ · mean(g · x̂)).
  public static func backward(
    _ dy: Buffer, _ x: Buffer, weight: Buffer, scales: Buffer, rows: Int, width: Int,
    into dx: Buffer, weightGradient: Buffer
  ) {
    let blocks = (rows + rowsPerBlock - 1) / rowsPerBlock
    let partials = Buffer(repeating: 0, count: blocks * width)
    defer { withExtendedLifetime(partials) {} }
    let (dyStart, xStart, weight) = (dy.pointer, x.pointer, weight.pointer)
    let (scales, dxStart, partialsStart) = (scales.pointer, dx.pointer, partials.pointer)
    ThreadPool.shared.forEachRange(rows, grain: rowsPerBlock) { range in
      let partial = partialsStart + range.lowerBound / rowsPerBlock * width
      for row in range {
        backwardRow(
          dyStart + row * width, xStart + row * width, weight, scale: scales[row], width,
          into: dxStart + row * width, partial: partial)
      }
    }
    Reductions.addRows(
      partials, rows: blocks, width: width, into: weightGradient)
  }

  /// 1 / √(mean x² + ε) of one row.
  @inline(__always)
  static func inverseRootMeanSquare(
    _ x: UnsafePointer<Float>, _ width: Int, _ epsilon: Float
  ) -> Float {
    let squares = VectorLoop.sum(x, x, width) { total, x, y in multiplyAdd(x, y, total) }
    return 1 / (squares / Float(width) + epsilon).squareRoot()
  }

  /// One row of `backward`; `partial` gains dy · x̂. `dx` may be `dy` itself.
  @inline(__always)
  static func backwardRow(
    _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>,
    scale: Float, _ width: Int,
    into dx: UnsafeMutablePointer<Float>, partial: UnsafeMutablePointer<Float>
  ) {
    var products = Vector.zero
    var i = 0
    while i + laneCount <= width {
      let dyx = load(dy + i) * load(x + i)
      products = multiplyAdd(dyx, load(weight + i), products)
      store(multiplyAdd(dyx, Vector(repeating: scale), load(partial + i)), partial + i)
      i += laneCount
    }
    let rest = width - i
    if rest > 0 {
      let dyx = load(dy + i, first: rest) * load(x + i, first: rest)
      products = multiplyAdd(dyx, load(weight + i, first: rest), products)
      let sum = multiplyAdd(dyx, Vector(repeating: scale), load(partial + i, first: rest))
      store(sum, partial + i, first: rest)
    }
    // s · g − x · (s³ · mean(g · x)), since x̂ = s · x.
    let correction = scale * scale * scale * (horizontalSum(products) / Float(width))
    i = 0
    while i + laneCount <= width {
      let gradient = load(dy + i) * load(weight + i) * scale
      store(gradient - load(x + i) * correction, dx + i)
      i += laneCount
    }
    if rest > 0 {
      let gradient = load(dy + i, first: rest) * load(weight + i, first: rest) * scale
      store(gradient - load(x + i, first: rest) * correction, dx + i, first: rest)
    }
  }
}
