import CVectorInstructions

/// Softmax of rows.
public enum SoftmaxKernel {
  /// y ← softmax of each row of x [rows, width].
  public static func forward(_ x: Buffer, rows: Int, width: Int, into y: Buffer) {
    let (x, y) = (x.pointer, y.pointer)
    ThreadPool.shared.forEachRange(rows, grain: 16) { range in
      for row in range {
        let line = y + row * width
        line.update(from: x + row * width, count: width)
        let inverse = 1 / exponentiate(line, width).sum
        VectorLoop.map(line, into: line, width) { $0 * inverse }
      }
    }
  }

  /// dx ← y · (dy − Σ dy·y), row by row.
  public static func backward(_ dy: Buffer, _ y: Buffer, rows: Int, width: Int, into dx: Buffer) {
    let (dy, y, dx) = (dy.pointer, y.pointer, dx.pointer)
    ThreadPool.shared.forEachRange(rows, grain: 16) { range in
      for row in range {
        let offset = row * width
        let dot = VectorLoop.sum(dy + offset, y + offset, width) { total, a, b in
          multiplyAdd(a, b, total)
        }
        VectorLoop.map(dy + offset, y + offset, into: dx + offset, width) { ($0 - dot) * $1 }
      }
    }
  }

  /// Replaces each element by e^(element − largest); returns their sum and the largest.
  @inline(__always)
  static func exponentiate(
    _ line: UnsafeMutablePointer<Float>, _ count: Int
  ) -> (sum: Float, largest: Float) {
    exponentiate(line, into: line, count, scale: 1)
  }

  /// result ← e^(scale · element − largest), for a scale above 0; returns the sum of these numbers
  /// before rounding to the result's type, and the largest scaled element.
  @inline(__always)
  static func exponentiate<E: StoredElement>(
    _ line: UnsafePointer<Float>, into result: UnsafeMutablePointer<E>, _ count: Int, scale: Float
  ) -> (sum: Float, largest: Float) {
    let largest = maximum(line, count) * scale
    let (factor, shift) = (Vector(repeating: scale), Vector(repeating: -largest))
    var sums = Vector.zero
    var i = 0
    while i + laneCount <= count {
      let value = exponential(multiplyAdd(load(line + i), factor, shift))
      store(value, result + i)
      sums += value
      i += laneCount
    }
    if i < count {
      let rest = load(line + i, first: count - i, filler: -.infinity)
      let value = exponential(multiplyAdd(rest, factor, shift))
      store(value, result + i, first: count - i)
      sums += value
    }
    return (horizontalSum(sums), largest)
  }

  /// The largest element; what is not a number is passed over, or the result.
  @inline(__always)
  static func maximum(_ line: UnsafePointer<Float>, _ count: Int) -> Float {
    let least = Vector(repeating: -.infinity)
    var (m0, m1, m2, m3) = (least, least, least, least)
    var i = 0
    while i + 4 * laneCount <= count {
      m0 = samara_larger(m0, load(line + i))
      m1 = samara_larger(m1, load(line + i + 16))
      m2 = samara_larger(m2, load(line + i + 32))
      m3 = samara_larger(m3, load(line + i + 48))
      i += 4 * laneCount
    }
    while i < count {
      let value =
        i + laneCount <= count
        ? load(line + i) : load(line + i, first: count - i, filler: -.infinity)
      m0 = samara_larger(m0, value)
      i += laneCount
    }
    return samara_larger(samara_larger(m0, m1), samara_larger(m2, m3)).max()
  }
}
