import Foundation

/// Query/key normalization, rotary position embedding (arXiv:2104.09864, half-split) and the move
/// from token-major to head-major, in one pass.
///
/// B batch, T tokens, H query heads, K key/value heads, W head width. The input is the fused
/// projection [B·T, (H + 2K)·W]: queries, keys, values. The output is [B, H + 2K, T, W], so that
/// each head is one contiguous matrix.
public enum RotaryKernel {
  /// The sizes of one call.
  public struct Layout: Sendable {
    public var batch: Int
    public var tokens: Int
    public var queryHeads: Int
    public var keyValueHeads: Int
    public var headWidth: Int
    /// The position of the first token, above 0 when earlier tokens are in a cache.
    public var firstPosition: Int

    public init(
      batch: Int, tokens: Int, queryHeads: Int, keyValueHeads: Int, headWidth: Int,
      firstPosition: Int = 0
    ) {
      self.batch = batch
      self.tokens = tokens
      self.queryHeads = queryHeads
      self.keyValueHeads = keyValueHeads
      self.headWidth = headWidth
      self.firstPosition = firstPosition
    }

    /// H + 2K.
    public var headCount: Int { queryHeads + 2 * keyValueHeads }
  }

  /// Cosines, then sines, of position · base^(−2i/W): two tables [positions, W/2] in one buffer.
  public static func table(positions: Int, headWidth: Int, base: Double) -> Buffer {
    let half = headWidth / 2
    let buffer = Buffer(uninitializedCount: 2 * positions * half)
    for position in 0..<positions {
      for i in 0..<half {
        let angle = Double(position) * pow(base, -2 * Double(i) / Double(headWidth))
        buffer.pointer[position * half + i] = Float(cos(angle))
        buffer.pointer[(positions + position) * half + i] = Float(sin(angle))
      }
    }
    return buffer
  }

  private static let rowsPerBlock = 32

  /// Normalizes (where weights are given), rotates and regroups; values are only moved.
  public static func forward(
    _ x: Buffer, queryWeight: Buffer?, keyWeight: Buffer?, epsilon: Float, table: Buffer,
    _ layout: Layout, into y: Buffer
  ) {
    let width = layout.headWidth
    let rotation = Rotation(table: table, headWidth: width)
    let (xStart, yStart) = (x.pointer, y.pointer)
    ThreadPool.shared.forEachRange(layout.batch * layout.tokens, grain: rowsPerBlock) { range in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { scratch in
        guard let scratch = scratch.baseAddress else { return }
        for row in range {
          for head in 0..<layout.headCount {
            let source = xStart + (row * layout.headCount + head) * width
            let target = yStart + layout.offset(row: row, head: head)
            guard head < layout.queryHeads + layout.keyValueHeads else {
              target.update(from: source, count: width)
              continue
            }
            if let weight = head < layout.queryHeads ? queryWeight : keyWeight {
              let scale = RMSNormalizationKernel.inverseRootMeanSquare(source, width, epsilon)
              VectorLoop.map(source, weight.pointer, into: scratch, width) { ($0 * scale) * $1 }
            } else {
              scratch.update(from: source, count: width)
            }
            rotation.apply(
              scratch, position: layout.position(ofRow: row), into: target, backward: false)
          }
        }
      }
    }
  }

  /// The gradient of the projection, and of the two weights where they are given.
  public static func backward(
    _ dy: Buffer, _ x: Buffer, queryWeight: Buffer?, keyWeight: Buffer?, epsilon: Float,
    table: Buffer, _ layout: Layout,
    into dx: Buffer, queryWeightGradient: Buffer?, keyWeightGradient: Buffer?
  ) {
    let width = layout.headWidth
    let rows = layout.batch * layout.tokens
    let blocks = (rows + rowsPerBlock - 1) / rowsPerBlock
    let rotation = Rotation(table: table, headWidth: width)
    let queryPartials = Buffer(repeating: 0, count: blocks * width)
    let keyPartials = Buffer(repeating: 0, count: blocks * width)
    defer { withExtendedLifetime((queryPartials, keyPartials)) {} }
    let (dyStart, xStart, dxStart) = (dy.pointer, x.pointer, dx.pointer)
    let (queryStart, keyStart) = (queryPartials.pointer, keyPartials.pointer)
    ThreadPool.shared.forEachRange(rows, grain: rowsPerBlock) { range in
      let block = range.lowerBound / rowsPerBlock
      for row in range {
        for head in 0..<layout.headCount {
          let source = dyStart + layout.offset(row: row, head: head)
          let offset = (row * layout.headCount + head) * width
          let target = dxStart + offset
          guard head < layout.queryHeads + layout.keyValueHeads else {
            target.update(from: source, count: width)
            continue
          }
          rotation.apply(
            source, position: layout.position(ofRow: row), into: target, backward: true)
          let isQuery = head < layout.queryHeads
          if let weight = isQuery ? queryWeight : keyWeight {
            let input = xStart + offset
            RMSNormalizationKernel.backwardRow(
              target, input, weight.pointer,
              scale: RMSNormalizationKernel.inverseRootMeanSquare(input, width, epsilon), width,
              into: target, partial: (isQuery ? queryStart : keyStart) + block * width)
          }
        }
      }
    }
    if let queryWeightGradient {
      Reductions.addRows(
        queryPartials, rows: blocks, width: width, into: queryWeightGradient)
    }
    if let keyWeightGradient {
      Reductions.addRows(
        keyPartials, rows: blocks, width: width, into: keyWeightGradient)
    }
  }
}

extension RotaryKernel.Layout {
  /// Where a head of a token-major row stands in the head-major result.
  @inline(__always)
  fileprivate func offset(row: Int, head: Int) -> Int {
    let (sequence, token) = (row / tokens, row % tokens)
    return ((sequence * headCount + head) * tokens + token) * headWidth
  }

  @inline(__always)
  fileprivate func position(ofRow row: Int) -> Int { firstPosition + row % tokens }
}

/// The rotation of pairs (i, i + W/2) by an angle of the position, or back.
private struct Rotation {
  let cosines: UnsafePointer<Float>
  let sines: UnsafePointer<Float>
  let half: Int

  init(table: Buffer, headWidth: Int) {
    half = headWidth / 2
    cosines = UnsafePointer(table.pointer)
    sines = UnsafePointer(table.pointer + table.count / 2)
  }

  @inline(__always)
  func apply(
    _ x: UnsafePointer<Float>, position: Int, into y: UnsafeMutablePointer<Float>, backward: Bool
  ) {
    let (cosine, sine) = (cosines + position * half, sines + position * half)
    var i = 0
    while i + laneCount <= half {
      let (a, b) = (load(x + i), load(x + half + i))
      let (c, s) = (load(cosine + i), backward ? -load(sine + i) : load(sine + i))
      store(a * c - b * s, y + i)
      store(b * c + a * s, y + half + i)
      i += laneCount
    }
    while i < half {
      let (a, b) = (x[i], x[half + i])
      let (c, s) = (cosine[i], backward ? -sine[i] : sine[i])
      y[i] = a * c - b * s
      y[half + i] = b * c + a * s
      i += 1
    }
  }
}
