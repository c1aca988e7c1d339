/// The elements of a tensor that do not lie in the order of its shape, such as a transposed one's.
enum PyTorchGathering {
  /// Walks the shape like an odometer, the last dimension fastest.
  static func bytes(of tensor: PyTorchTensor, in file: UnsafeRawBufferPointer) -> [UInt8] {
    let width = tensor.elementType.byteCount
    let source = UnsafeRawBufferPointer(rebasing: file[tensor.storageRange])
    let (shape, strides) = (tensor.shape, tensor.strides)
    return [UInt8](unsafeUninitializedCapacity: tensor.elementCount * width) { target, count in
      var index = Array(repeating: 0, count: shape.count)
      var place = tensor.offset
      let bytes = UnsafeMutableRawBufferPointer(target)
      while count < tensor.elementCount * width {
        for byte in 0..<width { bytes[count + byte] = source[place * width + byte] }
        count += width
        for dimension in shape.indices.reversed() {
          index[dimension] += 1
          place += strides[dimension]
          if index[dimension] < shape[dimension] { break }
          place -= shape[dimension] * strides[dimension]
          index[dimension] = 0
        }
      }
    }
  }
}
