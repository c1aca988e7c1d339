/// Root-mean-square normalization of rows (arXiv:1910.07467), forward and backward in one pass each.
///
/// N rows, D width.
public enum RMSNormalizationKernel {
  /// Rows that share one partial sum of the weight's gradient.
  private static let rowsPerBlock = 64

  /// y ← x / √(mean x² + ε) · weight, and the row's 1/√(…) into `scales` [N].
  ///
  /// `x` and `y` may differ in type; `weight` and `scales` are float32.
  public static func forward(
    _ x: Buffer, weight: Buffer, epsilon: Float, rows: Int, width: Int,
    into y: Buffer, scales: Buffer
  ) {
    KernelClock.measure("normalization, forward") {
      let sizes = Sizes(rows: rows, width: width, epsilon: epsilon)
      switch (x.elementType, y.elementType) {
      case (.bfloat16, _):
        forward(x, weight, sizes, y, scales, of: BFloat16.self, BFloat16.self)
      case (_, .bfloat16): forward(x, weight, sizes, y, scales, of: Float.self, BFloat16.self)
      default: forward(x, weight, sizes, y, scales, of: Float.self, Float.self)
      }
    }
  }

  private struct Sizes {
    let rows: Int
    let width: Int
    let epsilon: Float
  }

  private static func forward<X: StoredElement, Y: StoredElement>(
    _ x: Buffer, _ weight: Buffer, _ sizes: Sizes, _ y: Buffer, _ scales: Buffer,
    of _: X.Type, _: Y.Type
  ) {
    let (x, y) = (x.elements(of: X.self), y.elements(of: Y.self))
    let (weight, scales, width) = (weight.pointer, scales.pointer, sizes.width)
    ThreadPool.shared.forEachRange(sizes.rows, grain: rowsPerBlock) { range in
      for row in range {
        let source = UnsafePointer(x + row * width)
        let scale = inverseRootMeanSquare(source, width, sizes.epsilon)
        scales[row] = scale
        VectorLoop.map(source, weight, into: y + row * width, width) { ($0 * scale) * $1 }
      }
    }
  }

  /// dx and, into `weightGradient` [D], Σ over rows of dy · x̂.
  ///
  /// With x̂ = x·s and g = dy·weight: dx = s · (g − x̂ · mean(g · x̂)). Accumulating, it is added to
  /// what `dx` holds. `dx` is of x's type.
  public static func backward(
    _ dy: Buffer, _ x: Buffer, weight: Buffer, scales: Buffer, rows: Int, width: Int,
    into dx: Buffer, accumulating: Bool = false, weightGradient: Buffer
  ) {
    KernelClock.measure("normalization, backward") {
      let blocks = (rows + rowsPerBlock - 1) / rowsPerBlock
      let partials = Buffer(repeating: 0, count: blocks * width)
      let call = BackwardCall(
        dy: dy, x: x, weight: weight, scales: scales, rows: rows, width: width, dx: dx,
        accumulating: accumulating, partials: partials)
      switch (x.elementType, dy.elementType) {
      case (.bfloat16, _): call.run(of: BFloat16.self, BFloat16.self)
      case (_, .bfloat16): call.run(of: Float.self, BFloat16.self)
      default: call.run(of: Float.self, Float.self)
      }
      Reductions.addRows(partials, rows: blocks, width: width, into: weightGradient)
    }
  }

  private struct BackwardCall {
    let dy: Buffer
    let x: Buffer
    let weight: Buffer
    let scales: Buffer
    let rows: Int
    let width: Int
    let dx: Buffer
    let accumulating: Bool
    let partials: Buffer

    func run<X: StoredElement, Y: StoredElement>(of _: X.Type, _: Y.Type) {
      let (dy, x, dx) = (
        dy.elements(of: Y.self), x.elements(of: X.self), dx.elements(of: X.self)
      )
      let (weight, scales, partials) = (weight.pointer, scales.pointer, partials.pointer)
      let (width, accumulating) = (width, accumulating)
      ThreadPool.shared.forEachRange(rows, grain: rowsPerBlock) { range in
        let partial = partials + range.lowerBound / rowsPerBlock * width
        for row in range {
          let offset = row * width
          let (gradient, input, target) = (
            UnsafePointer(dy + offset), UnsafePointer(x + offset), dx + offset
          )
          if accumulating {
            backwardRow(
              gradient, input, weight, scale: scales[row], width, addedTo: target, into: target,
              partial: partial)
          } else {
            backwardRow(
              gradient, input, weight, scale: scales[row], width,
              addedTo: nil as UnsafePointer<X>?, into: target, partial: partial)
          }
        }
      }
    }
  }

  /// 1 / √(mean x² + ε) of one row.
  @inline(__always)
  static func inverseRootMeanSquare<X: StoredElement>(
    _ x: UnsafePointer<X>, _ width: Int, _ epsilon: Float
  ) -> Float {
    let squares = VectorLoop.sum(x, x, width) { total, x, y in multiplyAdd(x, y, total) }
    return 1 / (squares / Float(width) + epsilon).squareRoot()
  }

  /// One row of `backward`; `partial` gains dy · x̂. `dx` may be `dy` itself, or what it is added to.
  @inline(__always)
  static func backwardRow<X: StoredElement, Y: StoredElement>(
    _ dy: UnsafePointer<Y>, _ x: UnsafePointer<X>, _ weight: UnsafePointer<Float>,
    scale: Float, _ width: Int, addedTo sum: UnsafePointer<X>?,
    into dx: UnsafeMutablePointer<X>, partial: UnsafeMutablePointer<Float>
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
      let gradient = load(dy + i) * load(weight + i) * scale - load(x + i) * correction
      store(sum.map { load($0 + i) + gradient } ?? gradient, dx + i)
      i += laneCount
    }
    if rest > 0 {
      let gradient =
        load(dy + i, first: rest) * load(weight + i, first: rest) * scale
        - load(x + i, first: rest) * correction
      store(sum.map { load($0 + i, first: rest) + gradient } ?? gradient, dx + i, first: rest)
    }
  }
}
