import Kernels

/// x · weightᵀ: every innermost row of x through one matrix.
///
/// x [..., I], weight [O, I] (the layout of checkpoints); result [..., O], of x's type. A weight of
/// another type is rounded on its way into the product.
public func linear(_ x: Tensor, _ weight: Tensor) -> Tensor {
  let product = LinearProduct(x, weight)
  let y = Buffer(uninitializedCount: product.rows * product.outputs, of: x.elementType)
  product.run(into: y)
  return recorded(Tensor(y, shape: x.shape.withWidth(product.outputs)), from: x, weight) { dy in
    product.gradients(dy.buffer)
  }
}

/// residual + x · weightᵀ, the sum formed by the product itself.
///
/// x [..., I], weight [O, I], residual [..., O]; result of residual's shape and type, which may be
/// wider than x's.
public func linear(_ x: Tensor, _ weight: Tensor, addedTo residual: Tensor) -> Tensor {
  let product = LinearProduct(x, weight)
  precondition(
    residual.shape == x.shape.withWidth(product.outputs),
    "linear: a residual of shape \(residual.shape) for a product of shape "
      + "\(x.shape.withWidth(product.outputs))")
  let y = residual.buffer.copy()
  product.run(into: y, accumulating: true)
  return recorded(Tensor(y, shape: residual.shape), from: x, weight, residual) { dy in
    product.gradients(dy.buffer(as: product.elementType)) + [.tensor(dy)]
  }
}

/// The factors of x · weightᵀ, and what its gradient needs of them.
private struct LinearProduct {
  let x: Tensor
  let weight: Tensor
  var rows: Int { x.shape.rows }
  var outputs: Int { weight.shape[0] }
  var inputs: Int { weight.shape.width }
  var elementType: ElementType { x.elementType }

  init(_ x: Tensor, _ weight: Tensor) {
    precondition(
      weight.shape.rank == 2 && x.shape.width == weight.shape.width,
      "linear: an input of shape \(x.shape) and a weight of shape \(weight.shape)")
    self.x = x.detached
    self.weight = weight.detached
  }

  /// The weight as it is, or in x's type if that is the wider: products only round.
  private var weightBuffer: Buffer {
    elementType == .float32 ? weight.buffer(as: .float32) : weight.buffer
  }

  func run(into y: Buffer, accumulating: Bool = false) {
    MatrixMultiply.run(
      .asStored(x.buffer), .transposed(weightBuffer), into: y,
      rows: rows, columns: outputs, inner: inputs, accumulating: accumulating)
  }

  /// dx = dy · weight, and dyᵀ · x for the weight; `dy` is of x's type.
  func gradients(_ dy: Buffer) -> [Contribution] {
    let dx = Buffer(uninitializedCount: rows * inputs, of: elementType)
    MatrixMultiply.run(
      .asStored(dy), .asStored(weightBuffer), into: dx,
      rows: rows, columns: inputs, inner: outputs)
    return [
      .tensor(Tensor(dx, shape: x.shape)),
      .inPlace { gradient, accumulating in
        MatrixMultiply.run(
          .transposed(dy), .asStored(x.buffer), into: gradient,
          rows: outputs, columns: inputs, inner: rows, accumulating: accumulating)
      },
    ]
  }
}
