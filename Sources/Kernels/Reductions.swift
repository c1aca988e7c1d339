/// Sums whose order is fixed by lengths alone, whatever the number of threads.
public enum Reductions {
  /// Elements summed in float32 lanes before the partial sum joins the float64 total.
  private static let grain = 16_384

  /// Σ x, accumulated in float64 over blocks.
  public static func sum(_ x: Buffer) -> Double {
    blockwise(x) { (start: UnsafePointer<Float>, count) in
      VectorLoop.sum(start, start, count) { total, x, _ in total + x }
    }
  }

  /// Σ x², accumulated in float64 over blocks; not finite where an element is not.
  public static func sumOfSquares(_ x: Buffer) -> Double {
    var result = 0.0
    KernelClock.measure("gradient norm") {
      switch x.elementType {
      case .bfloat16: result = sumOfSquares(x, of: BFloat16.self)
      default: result = sumOfSquares(x, of: Float.self)
      }
    }
    return result
  }

  private static func sumOfSquares<E: StoredElement>(_ x: Buffer, of _: E.Type) -> Double {
    blockwise(x) { (start: UnsafePointer<E>, count) in
      VectorLoop.sum(start, start, count) { total, x, y in multiplyAdd(x, y, total) }
    }
  }

  private static func blockwise<E: StoredElement>(
    _ x: Buffer, _ body: @escaping (UnsafePointer<E>, Int) -> Float
  ) -> Double {
    let blocks = (x.count + grain - 1) / grain
    let partial = Buffer(uninitializedCount: blocks)
    defer { withExtendedLifetime(partial) {} }
    let (source, partials) = (x.elements(of: E.self), partial.pointer)
    ThreadPool.shared.forEachRange(x.count, grain: grain) { range in
      partials[range.lowerBound / grain] = body(source + range.lowerBound, range.count)
    }
    return (0..<blocks).reduce(0.0) { $0 + Double(partials[$1]) }
  }

  /// total [width] ← the sum of `rows` rows of `partials` [..., width], from row `first` on, in order.
  static func addRows(
    _ partials: Buffer, from first: Int = 0, rows: Int, width: Int, into total: Buffer
  ) {
    let (partials, total) = (partials.pointer + first * width, total.pointer)
    ThreadPool.shared.forEachRange(width, grain: 1_024) { range in
      (total + range.lowerBound).update(repeating: 0, count: range.count)
      for row in 0..<rows {
        let source = partials + row * width + range.lowerBound
        let target = total + range.lowerBound
        VectorLoop.map(target, source, into: target, range.count) { $0 + $1 }
      }
    }
  }
}
