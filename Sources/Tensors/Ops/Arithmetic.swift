import Kernels

extension Tensor {
  /// The elementwise sum of two tensors of one shape.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    recorded(combined(a, b, Elementwise.add), from: a, b) { dy in [.tensor(dy), .tensor(dy)] }
  }

  /// The elementwise difference of two tensors of one shape.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    recorded(combined(a, b, Elementwise.subtract), from: a, b) { dy in
      [.tensor(dy), .tensor(dy.scaled(by: -1))]
    }
  }

  /// The elementwise product of two tensors of one shape.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    let (aValue, bValue) = (a.detached, b.detached)
    return recorded(combined(a, b, Elementwise.multiply), from: a, b) { dy in
      [.tensor(dy * bValue), .tensor(dy * aValue)]
    }
  }

  /// Each element times `factor`.
  public func scaled(by factor: Float) -> Tensor {
    let y = Buffer(uninitializedCount: buffer.count, of: elementType)
    Elementwise.scale(buffer, by: factor, into: y)
    return recorded(Tensor(y, shape: shape), from: self) { dy in
      [.tensor(dy.scaled(by: factor))]
    }
  }

  private static func combined(
    _ a: Tensor, _ b: Tensor, _ kernel: (Buffer, Buffer, Buffer) -> Void
  ) -> Tensor {
    precondition(a.shape == b.shape, "shapes \(a.shape) and \(b.shape) differ")
    let y = Buffer(uninitializedCount: a.buffer.count)
    kernel(a.buffer, b.buffer, y)
    return Tensor(y, shape: a.shape)
  }
}
