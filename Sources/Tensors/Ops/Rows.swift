import Kernels

extension Tensor {
  /// Some of the innermost rows, as a tensor [indices.count, width]; no gradient flows.
  public func rows(_ indices: [Int32]) -> Tensor {
    let (rows, width) = (shape.rows, shape.width)
    if let stray = indices.first(where: { $0 < 0 || $0 >= rows }) {
      preconditionFailure("row \(stray) of a tensor of shape \(shape)")
    }
    let y = Buffer(uninitializedCount: indices.count * width, of: elementType)
    EmbeddingKernel.gather(buffer, indices, width: width, into: y)
    return Tensor(y, shape: [indices.count, width])
  }
}
