import Foundation

/// Causal attention with grouped queries (arXiv:2305.13245) that never holds T×T scores: each block
/// of queries sees one strip of scores, and backward makes the strip again (arXiv:2205.14135).
///
/// B batch, T queries, S keys (S ≥ T, the queries are the last T positions), H query heads,
/// K key/value heads, W head width.
public enum AttentionKernel {
  /// Where the matrices of one call lie: each head is contiguous [tokens, W].
  public struct Layout: Sendable {
    public var batch: Int
    public var queryCount: Int
    public var keyCount: Int
    public var queryHeads: Int
    public var keyValueHeads: Int
    public var headWidth: Int

    public init(
      batch: Int, queryCount: Int, keyCount: Int, queryHeads: Int, keyValueHeads: Int,
      headWidth: Int
    ) {
      self.batch = batch
      self.queryCount = queryCount
      self.keyCount = keyCount
      self.queryHeads = queryHeads
      self.keyValueHeads = keyValueHeads
      self.headWidth = headWidth
    }

    var group: Int { queryHeads / keyValueHeads }
    var scale: Float { 1 / Float(headWidth).squareRoot() }
    var blocks: Int { (queryCount + queriesPerBlock - 1) / queriesPerBlock }
  }

  /// Queries whose scores exist at a time: 128 rows of 2,048 keys are 1 MiB, a second-level cache.
  static let queriesPerBlock = 128

  /// Attention of a packed buffer [B, H + 2K, T, W] (queries, keys, values head by head).
  ///
  /// `y` is [B·T, H·W], token-major; `logSums` [B, H, T] is what backward needs.
  public static func forward(_ packed: Buffer, _ layout: Layout, into y: Buffer, logSums: Buffer) {
    let head = layout.queryCount * layout.headWidth
    let sequence = (layout.queryHeads + 2 * layout.keyValueHeads) * head
    let (packed, y, logSums) = (packed.pointer, y.pointer, logSums.pointer)
    ThreadPool.shared.forEach(layout.batch * layout.queryHeads * layout.blocks) { task in
      let block = task % layout.blocks
      let queryHead = task / layout.blocks % layout.queryHeads
      let batch = task / layout.blocks / layout.queryHeads
      let keyHead = layout.queryHeads + queryHead / layout.group
      forwardBlock(
        block, layout,
        queries: packed + batch * sequence + queryHead * head,
        keys: packed + batch * sequence + keyHead * head,
        values: packed + batch * sequence + (keyHead + layout.keyValueHeads) * head,
        into: y + (batch * layout.queryCount * layout.queryHeads + queryHead) * layout.headWidth,
        logSums: logSums + (batch * layout.queryHeads + queryHead) * layout.queryCount)
    }
  }

  /// Attention of new queries [H, T, W] over cached keys and values [K, capacity, W] of one
  /// sequence; `y` is [T, H·W].
  public static func forward(
    queries: Buffer, keys: Buffer, values: Buffer, capacity: Int, _ layout: Layout, into y: Buffer
  ) {
    precondition(layout.batch == 1, "a cache holds 1 sequence, not \(layout.batch)")
    let logSums = Buffer(uninitializedCount: layout.queryHeads * layout.queryCount)
    defer { withExtendedLifetime(logSums) {} }
    let head = layout.queryCount * layout.headWidth
    let cached = capacity * layout.headWidth
    let (queries, keys, values) = (queries.pointer, keys.pointer, values.pointer)
    let (y, sums) = (y.pointer, logSums.pointer)
    ThreadPool.shared.forEach(layout.queryHeads * layout.blocks) { task in
      let (block, queryHead) = (task % layout.blocks, task / layout.blocks)
      let keyHead = queryHead / layout.group
      forwardBlock(
        block, layout, queries: queries + queryHead * head, keys: keys + keyHead * cached,
        values: values + keyHead * cached, into: y + queryHead * layout.headWidth,
        logSums: sums + queryHead * layout.queryCount)
    }
  }

  /// Copies `heads` heads of a packed buffer [H + 2K, T, W], from `firstHead` on, into a cache
  /// [heads, capacity, W] at position `position`.
  public static func append(
    _ packed: Buffer, firstHead: Int, heads: Int, tokens: Int, headWidth: Int,
    to cache: Buffer, capacity: Int, at position: Int
  ) {
    for head in 0..<heads {
      (cache.pointer + (head * capacity + position) * headWidth).update(
        from: packed.pointer + (firstHead + head) * tokens * headWidth, count: tokens * headWidth)
    }
  }

  /// One block of queries of one head.
  private static func forwardBlock(
    _ block: Int, _ layout: Layout,
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>, logSums: UnsafeMutablePointer<Float>
  ) {
    let strip = Strip(block, layout)
    let scores = Buffer(uninitializedCount: strip.rows * strip.keys)
    defer { withExtendedLifetime(scores) {} }
    strip.score(queries, keys, into: scores.pointer)
    for row in 0..<strip.rows {
      let line = scores.pointer + row * strip.keys
      let visible = strip.visible(row)
      let (sum, largest) = SoftmaxKernel.exponentiate(line, visible)
      logSums[strip.first + row] = largest + log(sum)
      let inverse = 1 / sum
      VectorLoop.map(line, into: line, visible) { $0 * inverse }
      (line + visible).update(repeating: 0, count: strip.keys - visible)
    }
    MatrixMultiply.runOnThisThread(
      scores.pointer, .asStored, stride: strip.keys,
      values, .asStored, stride: layout.headWidth,
      into: y + strip.first * layout.queryHeads * layout.headWidth,
      stride: layout.queryHeads * layout.headWidth,
      rows: strip.rows, columns: layout.headWidth, inner: strip.keys)
  }

  /// The gradient of the packed buffer, from dy [B·T, H·W] and what forward took and gave.
  ///
  /// One task serves one key/value head with all its queries, so no two threads add to the same
  /// gradient and the order of the sums is fixed.
  public static func backward(
    _ dy: Buffer, packed: Buffer, y: Buffer, logSums: Buffer, _ layout: Layout,
    into packedGradient: Buffer
  ) {
    let head = layout.queryCount * layout.headWidth
    let sequence = (layout.queryHeads + 2 * layout.keyValueHeads) * head
    let (dy, packed, y) = (dy.pointer, packed.pointer, y.pointer)
    let (logSums, gradient) = (logSums.pointer, packedGradient.pointer)
    ThreadPool.shared.forEach(layout.batch * layout.keyValueHeads) { task in
      let (batch, pair) = (task / layout.keyValueHeads, task % layout.keyValueHeads)
      let keyOffset = batch * sequence + (layout.queryHeads + pair) * head
      let valueOffset = keyOffset + layout.keyValueHeads * head
      (gradient + keyOffset).update(repeating: 0, count: head)
      (gradient + valueOffset).update(repeating: 0, count: head)
      for member in 0..<layout.group {
        let queryHead = pair * layout.group + member
        let queryOffset = batch * sequence + queryHead * head
        let tokenMajor =
          (batch * layout.queryCount * layout.queryHeads + queryHead) * layout.headWidth
        for block in 0..<layout.blocks {
          backwardBlock(
            block, layout,
            dy: dy + tokenMajor, y: y + tokenMajor,
            logSums: logSums + (batch * layout.queryHeads + queryHead) * layout.queryCount,
            queries: packed + queryOffset, keys: packed + keyOffset, values: packed + valueOffset,
            queryGradient: gradient + queryOffset, keyGradient: gradient + keyOffset,
            valueGradient: gradient + valueOffset)
        }
      }
    }
  }

  /// One block of queries of one head: its own gradient is written, the keys' and values' gain.
  private static func backwardBlock(
    _ block: Int, _ layout: Layout,
    dy: UnsafePointer<Float>, y: UnsafePointer<Float>, logSums: UnsafePointer<Float>,
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    queryGradient: UnsafeMutablePointer<Float>, keyGradient: UnsafeMutablePointer<Float>,
    valueGradient: UnsafeMutablePointer<Float>
  ) {
    let (strip, width) = (Strip(block, layout), layout.headWidth)
    let tokenStride = layout.queryHeads * width
    let blockDy = dy + strip.first * tokenStride
    let probabilities = Buffer(uninitializedCount: strip.rows * strip.keys)
    defer { withExtendedLifetime(probabilities) {} }
    strip.score(queries, keys, into: probabilities.pointer)
    for row in 0..<strip.rows {
      let line = probabilities.pointer + row * strip.keys
      let visible = strip.visible(row)
      let logSum = logSums[strip.first + row]
      VectorLoop.map(line, into: line, visible) { exponential($0 - logSum) }
      (line + visible).update(repeating: 0, count: strip.keys - visible)
    }
    // dV += Pᵀ·dY
    MatrixMultiply.runOnThisThread(
      probabilities.pointer, .transposed, stride: strip.keys,
      blockDy, .asStored, stride: tokenStride, into: valueGradient, stride: width,
      rows: strip.keys, columns: width, inner: strip.rows, accumulating: true)
    // dS = P · (dY·Vᵀ − Σ dY·Y) / √W
    let scoreGradient = Buffer(uninitializedCount: strip.rows * strip.keys)
    defer { withExtendedLifetime(scoreGradient) {} }
    MatrixMultiply.runOnThisThread(
      blockDy, .asStored, stride: tokenStride, values, .transposed, stride: width,
      into: scoreGradient.pointer, stride: strip.keys,
      rows: strip.rows, columns: strip.keys, inner: width)
    for row in 0..<strip.rows {
      let token = (strip.first + row) * tokenStride
      let delta = VectorLoop.sum(dy + token, y + token, width) { total, a, b in
        multiplyAdd(a, b, total)
      }
      let line = scoreGradient.pointer + row * strip.keys
      let scale = layout.scale
      VectorLoop.map(line, probabilities.pointer + row * strip.keys, into: line, strip.keys) {
        ($0 - delta) * $1 * scale
      }
    }
    // dQ = dS·K and dK += dSᵀ·Q
    MatrixMultiply.runOnThisThread(
      scoreGradient.pointer, .asStored, stride: strip.keys, keys, .asStored, stride: width,
      into: queryGradient + strip.first * width, stride: width,
      rows: strip.rows, columns: width, inner: strip.keys)
    MatrixMultiply.runOnThisThread(
      scoreGradient.pointer, .transposed, stride: strip.keys,
      queries + strip.first * width, .asStored, stride: width,
      into: keyGradient, stride: width,
      rows: strip.keys, columns: width, inner: strip.rows, accumulating: true)
  }
}

/// The scores of one block of queries against all the keys that any of them may see.
private struct Strip {
  /// The first query of the block.
  let first: Int
  let rows: Int
  /// Keys that the block's last query sees.
  let keys: Int
  private let keysBefore: Int
  private let layout: AttentionKernel.Layout

  init(_ block: Int, _ layout: AttentionKernel.Layout) {
    self.layout = layout
    first = block * AttentionKernel.queriesPerBlock
    rows = min(AttentionKernel.queriesPerBlock, layout.queryCount - first)
    keysBefore = layout.keyCount - layout.queryCount + first
    keys = keysBefore + rows
  }

  /// How many keys the block's `row`-th query sees.
  func visible(_ row: Int) -> Int { keysBefore + row + 1 }

  /// scores [rows, keys] ← Q·Kᵀ / √W.
  func score(
    _ queries: UnsafePointer<Float>, _ keyRows: UnsafePointer<Float>,
    into scores: UnsafeMutablePointer<Float>
  ) {
    MatrixMultiply.runOnThisThread(
      queries + first * layout.headWidth, .asStored, stride: layout.headWidth,
      keyRows, .transposed, stride: layout.headWidth,
      into: scores, stride: keys, rows: rows, columns: keys, inner: layout.headWidth,
      scale: layout.scale)
  }
}
