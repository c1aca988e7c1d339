/// Sums whose order is fixed by lengths alone, whatever the number of threads.
public enum Reductions {
  /// Elements summed in float32 lanes before the partial sum joins the float64 total.
  private static let grain = 16_384

  /// Σ x, accumulated in float64 over blocks.
  public static func sum(_ x: Buffer) -> Double {
    blockwise(x) { start, count in
      VectorLoop.sum(start, start, count) { total, x, _ in total + x }
    }
  }

  /// Σ x², accumulated in float64 over blocks; not finite where an element is not.
  public static func sumOfSquares(_ x: Buffer) -> Double {
    blockwise(x) { start, count in
      VectorLoop.sum(start, start, count) { total, x, y in multiplyAdd(x, y, total) }
    }
  }

  private static func blockwise(
    _ x: Buffer, _ body: @escaping (UnsafePointer<Float>, Int) -> Float
  ) -> Double {
    let blocks = (x.count + grain - 1) / grain
    let partial = Buffer(uninitializedCount: blocks)
    defer { withExtendedLifetime(partial) {} }
    let (source, partials) = (x.pointer, partial.pointer)
    ThreadPool.shared.forEachRange(x.count, grain: grain) { range in
      partials[range.lowerBound / grain] = body(source + range.lowerBound, range.count)
    }
    return (0..<blocks).reduce(0.0) { $0 + Double(partials[$1]) }
  }

  /// Adds the `rows` rows of `partials` [rows, width], first to last, into `total` [width].
  static func addRows(
    _ partials: Buffer, rows: Int, width: Int, into total: Buffer
  ) {
    let (partials, total) = (partials.pointer, total.pointer)
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
