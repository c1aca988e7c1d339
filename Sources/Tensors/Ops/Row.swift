import Kernels

extension Tensor {
  /// One innermost row, as a tensor [1, width]; no gradient flows.
  public func row(_ index: Int) -> Tensor {
    precondition(index < shape.rows, "row \(index) of a tensor of shape \(shape)")
    let width = shape.width
    let y = Buffer(uninitializedCount: width)
    EmbeddingKernel.gather(buffer, [Int32(index)], width: width, into: y)
    return Tensor(y, shape: [1, width])
  }
}
