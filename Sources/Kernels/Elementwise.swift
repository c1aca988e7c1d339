/// Elementwise arithmetic over whole buffers.
///
/// Each loop spells out its arithmetic inside the parallel body: a closure handed through would be
/// called once for every sixteen elements instead of being inlined.
public enum Elementwise {
  /// y ← a + b.
  public static func add(_ a: Buffer, _ b: Buffer, into y: Buffer) {
    forEachRange(a, b, y) { a, b, y, count in
      VectorLoop.map(a, b, into: y, count) { $0 + $1 }
    }
  }

  /// y ← a − b.
  public static func subtract(_ a: Buffer, _ b: Buffer, into y: Buffer) {
    forEachRange(a, b, y) { a, b, y, count in
      VectorLoop.map(a, b, into: y, count) { $0 - $1 }
    }
  }

  /// y ← a · b.
  public static func multiply(_ a: Buffer, _ b: Buffer, into y: Buffer) {
    forEachRange(a, b, y) { a, b, y, count in
      VectorLoop.map(a, b, into: y, count) { $0 * $1 }
    }
  }

  /// y ← factor · x, both of one type.
  public static func scale(_ x: Buffer, by factor: Float, into y: Buffer) {
    switch y.elementType {
    case .bfloat16: scale(x, factor, y, of: BFloat16.self)
    default: scale(x, factor, y, of: Float.self)
    }
  }

  private static func scale<E: StoredElement>(
    _ x: Buffer, _ factor: Float, _ y: Buffer, of _: E.Type
  ) {
    precondition(x.count == y.count, "lengths \(x.count) and \(y.count) differ")
    let (x, y, count) = (x.elements(of: E.self), y.elements(of: E.self), y.count)
    ThreadPool.shared.forEachRange(count, grain: grain) { range in
      let (source, target) = (x + range.lowerBound, y + range.lowerBound)
      VectorLoop.map(source, into: target, range.count) { $0 * factor }
    }
  }

  /// y ← y + factor · x, both of one type.
  public static func accumulate(_ x: Buffer, scaledBy factor: Float = 1, into y: Buffer) {
    switch y.elementType {
    case .bfloat16: accumulate(x, factor, y, of: BFloat16.self)
    default: accumulate(x, factor, y, of: Float.self)
    }
  }

  private static func accumulate<E: StoredElement>(
    _ x: Buffer, _ factor: Float, _ y: Buffer, of _: E.Type
  ) {
    precondition(x.count == y.count, "lengths \(x.count) and \(y.count) differ")
    let (x, y, count) = (x.elements(of: E.self), y.elements(of: E.self), y.count)
    ThreadPool.shared.forEachRange(count, grain: grain) { range in
      let (source, target) = (x + range.lowerBound, y + range.lowerBound)
      let factor = Vector(repeating: factor)
      VectorLoop.map(target, source, into: target, range.count) { multiplyAdd($1, factor, $0) }
    }
  }

  /// y ← x · σ(x).
  public static func silu(_ x: Buffer, into y: Buffer) {
    forEachRange(x, x, y) { x, _, y, count in
      VectorLoop.map(x, into: y, count) { $0 * logistic($0) }
    }
  }

  /// dx ← dy · σ(x) · (1 + x · (1 − σ(x))).
  public static func siluGradient(_ dy: Buffer, _ x: Buffer, into dx: Buffer) {
    forEachRange(dy, x, dx) { dy, x, dx, count in
      VectorLoop.map(dy, x, into: dx, count) { dy, x in
        let gate = logistic(x)
        return dy * gate * (1 + x * (1 - gate))
      }
    }
  }

  /// Elements a thread takes at a time: 64 KiB of each operand.
  private static let grain = 16_384

  private static func forEachRange(
    _ a: Buffer, _ b: Buffer, _ y: Buffer,
    _ body:
      @escaping (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) ->
      Void
  ) {
    precondition(
      a.count == b.count && a.count == y.count,
      "lengths \(a.count), \(b.count) and \(y.count) differ")
    let (a, b, y, count) = (a.pointer, b.pointer, y.pointer, a.count)
    ThreadPool.shared.forEachRange(count, grain: grain) { range in
      let start = range.lowerBound
      body(a + start, b + start, y + start, range.count)
    }
  }
}
