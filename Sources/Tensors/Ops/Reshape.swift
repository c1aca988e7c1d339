extension Tensor {
  /// The same elements under another shape; nothing is copied.
  public func reshaped(to newShape: Shape) -> Tensor {
    precondition(
      newShape.elementCount == shape.elementCount,
      "\(shape.elementCount) elements of shape \(shape) do not fill shape \(newShape)")
    let oldShape = shape
    return recorded(Tensor(buffer, shape: newShape), from: self) { dy in
      [.tensor(dy.reshaped(to: oldShape))]
    }
  }
}
