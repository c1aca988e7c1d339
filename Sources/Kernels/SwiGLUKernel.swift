/// The gated feed-forward activation silu(a) · b (arXiv:2002.05202).
///
/// N rows, F width of the result; the input holds a and b side by side in rows of 2F. All buffers of
/// a call are of one type.
public enum SwiGLUKernel {
  private static let rowsPerBlock = 8

  /// y [N, F] ← silu(x[:, :F]) · x[:, F:].
  public static func forward(_ x: Buffer, rows: Int, width: Int, into y: Buffer) {
    KernelClock.measure("SwiGLU, forward") {
      switch x.elementType {
      case .bfloat16: forward(x, rows, width, y, of: BFloat16.self)
      default: forward(x, rows, width, y, of: Float.self)
      }
    }
  }

  private static func forward<E: StoredElement>(
    _ x: Buffer, _ rows: Int, _ width: Int, _ y: Buffer, of _: E.Type
  ) {
    let (x, y) = (x.elements(of: E.self), y.elements(of: E.self))
    ThreadPool.shared.forEachRange(rows, grain: rowsPerBlock) { range in
      for row in range {
        let gate = x + row * 2 * width
        VectorLoop.map(gate, gate + width, into: y + row * width, width) { a, b in
          a * logistic(a) * b
        }
      }
    }
  }

  /// dx [N, 2F] from dy [N, F] and the forward's input.
  public static func backward(_ dy: Buffer, _ x: Buffer, rows: Int, width: Int, into dx: Buffer) {
    KernelClock.measure("SwiGLU, backward") {
      switch x.elementType {
      case .bfloat16: backward(dy, x, rows, width, dx, of: BFloat16.self)
      default: backward(dy, x, rows, width, dx, of: Float.self)
      }
    }
  }

  private static func backward<E: StoredElement>(
    _ dy: Buffer, _ x: Buffer, _ rows: Int, _ width: Int, _ dx: Buffer, of _: E.Type
  ) {
    let (dy, x, dx) = (dy.elements(of: E.self), x.elements(of: E.self), dx.elements(of: E.self))
    ThreadPool.shared.forEachRange(rows, grain: rowsPerBlock) { range in
      for row in range {
        let (a, b) = (x + row * 2 * width, x + (row * 2 + 1) * width)
        let (da, db) = (dx + row * 2 * width, dx + (row * 2 + 1) * width)
        let dyRow = dy + row * width
        let whole = width & ~(laneCount - 1)
        var i = 0
        while i < whole {
          let (daLanes, dbLanes) = gradients(load(dyRow + i), load(a + i), load(b + i))
          store(daLanes, da + i)
          store(dbLanes, db + i)
          i += laneCount
        }
        guard i < width else { continue }
        let rest = width - i
        let (daLanes, dbLanes) = gradients(
          load(dyRow + i, first: rest), load(a + i, first: rest), load(b + i, first: rest))
        store(daLanes, da + i, first: rest)
        store(dbLanes, db + i, first: rest)
      }
    }
  }

  @inline(__always)
  private static func gradients(_ dy: Vector, _ a: Vector, _ b: Vector) -> (a: Vector, b: Vector) {
    let gate = logistic(a)
    let silu = a * gate
    return (dy * b * (gate + silu * (1 - gate)), dy * silu)
  }
}
