/// The gated feed-forward activation silu(a) · b (arXiv:2002.05202).
///
/// N rows, F width of the result; the input holds a and b side by side in rows of 2F.
public enum SwiGLUKernel {
  private static let rowsPerBlock = 8

  /// y [N, F] ← silu(x[:, :F]) · x[:, F:].
  public static func forward(_ x: Buffer, rows: Int, width: Int, into y: Buffer) {
    let (x, y) = (x.pointer, y.pointer)
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
  public static func backward(
    _ dy: Buffer, _ x: Buffer, rows: Int, width: Int, into dx: Buffer
  ) {
    let (dy, x, dx) = (dy.pointer, x.pointer, dx.pointer)
    ThreadPool.shared.forEachRange(rows, grain: rowsPerBlock) { range in
      for row in range {
        let (a, b) = (x + row * 2 * width, x + (row * 2 + 1) * width)
        let (da, db) = (dx + row * 2 * width, dx + (row * 2 + 1) * width)
        let dyRow = dy + row * width
        var i = 0
        while i < width {
          let lanes = min(laneCount, width - i)
          let whole = lanes == laneCount
          let (dyLanes, aLanes, bLanes) =
            whole
            ? (load(dyRow + i), load(a + i), load(b + i))
            : (
              load(dyRow + i, first: lanes), load(a + i, first: lanes), load(b + i, first: lanes)
            )
          let gate = logistic(aLanes)
          let silu = aLanes * gate
          let dbLanes = dyLanes * silu
          let daLanes = dyLanes * bLanes * (gate + silu * (1 - gate))
          if whole {
            store(daLanes, da + i)
            store(dbLanes, db + i)
          } else {
            store(daLanes, da + i, first: lanes)
            store(dbLanes, db + i, first: lanes)
          }
          i += laneCount
        }
      }
    }
  }
}
