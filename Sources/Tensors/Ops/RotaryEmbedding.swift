import Kernels

/// Cosines and sines of the rotary embedding (arXiv:2104.09864), made once for a model.
public struct RotaryTable: Sendable {
  /// The number of positions it reaches.
  public let positions: Int
  /// W, the width of a head.
  public let headWidth: Int
  let buffer: Buffer

  /// Angles position · base^(−2i/W) for i below W/2, computed in float64.
  public init(positions: Int, headWidth: Int, base: Double) {
    precondition(headWidth % 2 == 0, "rotary embedding needs an even head width, not \(headWidth)")
    self.positions = positions
    self.headWidth = headWidth
    buffer = RotaryKernel.table(positions: positions, headWidth: headWidth, base: base)
  }
}

/// Normalizes queries and keys (where weights are given), rotates them by position, and regroups
/// the fused projection head by head.
///
/// projection [B·T, (H + 2K)·W] (queries, keys, values); weights [W];
/// result [B, H + 2K, T, W].
public func rotaryHeads(
  _ projection: Tensor, queryWeight: Tensor?, keyWeight: Tensor?, epsilon: Float,
  table: RotaryTable, _ layout: RotaryKernel.Layout
) -> Tensor {
  let (count, width) = (layout.headCount, layout.headWidth)
  precondition(
    projection.shape.width == count * width
      && projection.shape.rows == layout.batch * layout.tokens,
    "a projection of shape \(projection.shape) for \(layout)")
  precondition(
    layout.positionCount <= table.positions,
    "\(layout.positionCount) positions exceed the rotary table's \(table.positions)")
  precondition(
    (queryWeight == nil) == (keyWeight == nil), "normalize queries and keys, or neither")
  let y = Buffer(uninitializedCount: projection.buffer.count, of: projection.elementType)
  RotaryKernel.forward(
    projection.buffer, queryWeight: queryWeight?.buffer, keyWeight: keyWeight?.buffer,
    epsilon: epsilon, table: table.buffer, layout, into: y)
  let value = Tensor(y, shape: [layout.batch, count, layout.tokens, width])
  let (x, shape) = (projection.buffer, projection.shape)
  guard let queryWeight, let keyWeight else {
    return recorded(value, from: projection) { dy in
      let dx = Buffer(uninitializedCount: x.count, of: x.elementType)
      RotaryKernel.backward(
        dy.buffer, x, queryWeight: nil, keyWeight: nil, epsilon: epsilon, table: table.buffer,
        layout, into: dx, queryWeightGradient: nil, keyWeightGradient: nil)
      return [.tensor(Tensor(dx, shape: shape))]
    }
  }
  let (queryBuffer, keyBuffer) = (queryWeight.buffer, keyWeight.buffer)
  return recorded(value, from: projection, queryWeight, keyWeight) { dy in
    let dx = Buffer(uninitializedCount: x.count, of: x.elementType)
    let queryGradient = Buffer(uninitializedCount: width)
    let keyGradient = Buffer(uninitializedCount: width)
    RotaryKernel.backward(
      dy.buffer, x, queryWeight: queryBuffer, keyWeight: keyBuffer, epsilon: epsilon,
      table: table.buffer, layout, into: dx,
      queryWeightGradient: queryGradient, keyWeightGradient: keyGradient)
    return [
      .tensor(Tensor(dx, shape: shape)), .tensor(Tensor(queryGradient, shape: [width])),
      .tensor(Tensor(keyGradient, shape: [width])),
    ]
  }
}
