/// The same numbers in another type.
public enum Conversion {
  /// y ← x, rounded to the nearest where y's type is the narrower.
  public static func run(_ x: Buffer, into y: Buffer) {
    precondition(x.count == y.count, "lengths \(x.count) and \(y.count) differ")
    KernelClock.measure("conversion") {
      switch (x.elementType, y.elementType) {
      case (.float32, .bfloat16): run(x, into: y, of: Float.self, BFloat16.self)
      case (.bfloat16, .float32): run(x, into: y, of: BFloat16.self, Float.self)
      case (.bfloat16, .bfloat16): run(x, into: y, of: BFloat16.self, BFloat16.self)
      default: run(x, into: y, of: Float.self, Float.self)
      }
    }
  }

  private static func run<X: StoredElement, Y: StoredElement>(
    _ x: Buffer, into y: Buffer, of _: X.Type, _: Y.Type
  ) {
    let (source, target) = (x.elements(of: X.self), y.elements(of: Y.self))
    ThreadPool.shared.forEachRange(x.count, grain: 1 << 15) { range in
      VectorLoop.map(
        source + range.lowerBound, into: target + range.lowerBound, range.count
      ) { $0 }
    }
  }
}
