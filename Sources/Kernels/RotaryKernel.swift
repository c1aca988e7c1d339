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
    /// The position of each of the B·T tokens where they do not simply count up in each row.
    public let positions: [Int32]?

    public init(
      batch: Int, tokens: Int, queryHeads: Int, keyValueHeads: Int, headWidth: Int,
      firstPosition: Int = 0, segments: Segments? = nil
    ) {
      if let segments {
        precondition(
          segments.batch == batch && segments.tokens == tokens && firstPosition == 0,
          "segments of \(segments.batch)×\(segments.tokens) tokens for \(batch)×\(tokens) tokens "
            + "from position \(firstPosition) on")
      }
      self.batch = batch
      self.tokens = tokens
      self.queryHeads = queryHeads
      self.keyValueHeads = keyValueHeads
      self.headWidth = headWidth
      self.firstPosition = firstPosition
      positions = segments?.positions
    }

    /// One row of tokens whose positions are given.
    public init(positions: [Int32], queryHeads: Int, keyValueHeads: Int, headWidth: Int) {
      batch = 1
      tokens = positions.count
      self.queryHeads = queryHeads
      self.keyValueHeads = keyValueHeads
      self.headWidth = headWidth
      firstPosition = 0
      self.positions = positions
    }

    /// The number of positions that a table must reach.
    public var positionCount: Int {
      positions.map { Int($0.max() ?? -1) + 1 } ?? firstPosition + tokens
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
  ///
  /// `x` and `y` are of one type; weights and table are float32.
  public static func forward(
    _ x: Buffer, queryWeight: Buffer?, keyWeight: Buffer?, epsilon: Float, table: Buffer,
    _ layout: Layout, into y: Buffer
  ) {
    KernelClock.measure("rotary embedding, forward") {
      let weights = Weights(query: queryWeight, key: keyWeight, epsilon: epsilon)
      switch x.elementType {
      case .bfloat16: forward(x, weights, table, layout, into: y, of: BFloat16.self)
      default: forward(x, weights, table, layout, into: y, of: Float.self)
      }
    }
  }

  private struct Weights {
    let query: Buffer?
    let key: Buffer?
    let epsilon: Float
  }

  private static func forward<E: StoredElement>(
    _ x: Buffer, _ weights: Weights, _ table: Buffer, _ layout: Layout, into y: Buffer,
    of _: E.Type
  ) {
    let width = layout.headWidth
    let rotation = Rotation(table: table, headWidth: width)
    let (xStart, yStart) = (x.elements(of: E.self), y.elements(of: E.self))
    let queryWeight = weights.query.map { UnsafePointer($0.pointer) }
    let keyWeight = weights.key.map { UnsafePointer($0.pointer) }
    ThreadPool.shared.forEachRange(layout.batch * layout.tokens, grain: rowsPerBlock) { range in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { scratch in
        guard let scratch = scratch.baseAddress else { return }
        for row in range {
          let position = layout.position(ofRow: row)
          for head in 0..<layout.headCount {
            let source = UnsafePointer(xStart + (row * layout.headCount + head) * width)
            let target = yStart + layout.offset(row: row, head: head)
            guard head < layout.queryHeads + layout.keyValueHeads else {
              target.update(from: source, count: width)
              continue
            }
            rotation.turn(
              source, weight: head < layout.queryHeads ? queryWeight : keyWeight,
              epsilon: weights.epsilon, position: position, scratch, into: target)
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
    KernelClock.measure("rotary embedding, backward") {
      let weights = Weights(query: queryWeight, key: keyWeight, epsilon: epsilon)
      let (rows, width) = (layout.batch * layout.tokens, layout.headWidth)
      let blocks = (rows + rowsPerBlock - 1) / rowsPerBlock
      // Of queries, then of keys.
      let partials = Buffer(repeating: 0, count: 2 * blocks * width)
      switch x.elementType {
      case .bfloat16:
        backward(dy, x, weights, table, layout, into: dx, partials, of: BFloat16.self)
      default: backward(dy, x, weights, table, layout, into: dx, partials, of: Float.self)
      }
      for (index, gradient) in [queryWeightGradient, keyWeightGradient].enumerated() {
        guard let gradient else { continue }
        Reductions.addRows(
          partials, from: index * blocks, rows: blocks, width: width, into: gradient)
      }
    }
  }

  private static func backward<E: StoredElement>(
    _ dy: Buffer, _ x: Buffer, _ weights: Weights, _ table: Buffer, _ layout: Layout,
    into dx: Buffer, _ partials: Buffer, of _: E.Type
  ) {
    let (width, rows) = (layout.headWidth, layout.batch * layout.tokens)
    let blocks = (rows + rowsPerBlock - 1) / rowsPerBlock
    let rotation = Rotation(table: table, headWidth: width)
    let (dyStart, xStart, dxStart) = (
      dy.elements(of: E.self), x.elements(of: E.self), dx.elements(of: E.self)
    )
    let (queryWeight, keyWeight) = (weights.query?.pointer, weights.key?.pointer)
    let partials = partials.pointer
    ThreadPool.shared.forEachRange(rows, grain: rowsPerBlock) { range in
      let block = range.lowerBound / rowsPerBlock
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { scratch in
        guard let scratch = scratch.baseAddress else { return }
        for row in range {
          let position = layout.position(ofRow: row)
          for head in 0..<layout.headCount {
            let source = UnsafePointer(dyStart + layout.offset(row: row, head: head))
            let offset = (row * layout.headCount + head) * width
            let target = dxStart + offset
            guard head < layout.queryHeads + layout.keyValueHeads else {
              target.update(from: source, count: width)
              continue
            }
            let isQuery = head < layout.queryHeads
            guard let weight = isQuery ? queryWeight : keyWeight else {
              rotation.apply(source, position: position, into: target, backward: true)
              continue
            }
            rotation.apply(source, position: position, into: scratch, backward: true)
            let input = UnsafePointer(xStart + offset)
            RMSNormalizationKernel.backwardRow(
              UnsafePointer(scratch), input, weight,
              scale: RMSNormalizationKernel.inverseRootMeanSquare(
                input, width, weights.epsilon),
              width, addedTo: nil, into: target,
              partial: partials + ((isQuery ? 0 : blocks) + block) * width)
          }
        }
      }
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
  fileprivate func position(ofRow row: Int) -> Int {
    if let positions { return Int(positions[row]) }
    return firstPosition + row % tokens
  }
}

/// The rotation of pairs (i, i + W/2) by an angle of the position, or back.
struct Rotation {
  let cosines: UnsafePointer<Float>
  let sines: UnsafePointer<Float>
  let half: Int

  init(table: Buffer, headWidth: Int) {
    half = headWidth / 2
    cosines = UnsafePointer(table.pointer)
    sines = UnsafePointer(table.pointer + table.count / 2)
  }

  /// One head of one token: normalized where a weight is given, rotated, and moved.
  @inline(__always)
  func turn<X: StoredElement, Y: StoredElement>(
    _ x: UnsafePointer<X>, weight: UnsafePointer<Float>?, epsilon: Float, position: Int,
    _ scratch: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Y>
  ) {
    let width = 2 * half
    if let weight {
      let scale = RMSNormalizationKernel.inverseRootMeanSquare(x, width, epsilon)
      VectorLoop.map(x, weight, into: scratch, width) { ($0 * scale) * $1 }
    } else {
      VectorLoop.map(x, into: scratch, width) { $0 }
    }
    apply(UnsafePointer(scratch), position: position, into: y, backward: false)
  }

  @inline(__always)
  func apply<X: StoredElement, Y: StoredElement>(
    _ x: UnsafePointer<X>, position: Int, into y: UnsafeMutablePointer<Y>, backward: Bool
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
      let (a, b) = (x[i].float, x[half + i].float)
      let (c, s) = (cosine[i], backward ? -sine[i] : sine[i])
      y[i] = Y(a * c - b * s)
      y[half + i] = Y(b * c + a * s)
      i += 1
    }
  }
}
