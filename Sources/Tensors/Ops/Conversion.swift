import Kernels

extension Tensor {
  /// The same numbers in another type, rounded where it is the narrower. Shape preserved.
  public func converted(to elementType: ElementType) -> Tensor {
    let source = self.elementType
    guard elementType != source else { return self }
    return recorded(Tensor(buffer(as: elementType), shape: shape), from: self) { dy in
      [.tensor(dy.converted(to: source))]
    }
  }

  /// The elements in a type that a kernel asks for: this tensor's own buffer if it is of that type.
  func buffer(as elementType: ElementType) -> Buffer {
    guard elementType != self.elementType else { return buffer }
    let result = Buffer(uninitializedCount: buffer.count, of: elementType)
    Conversion.run(buffer, into: result)
    return result
  }
}
