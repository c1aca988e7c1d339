/// What is written into a PyTorch file.
public indirect enum PyTorchContents {
  case none
  case boolean(Bool)
  case integer(Int)
  case float(Double)
  case string(String)
  case list([PyTorchContents])
  case tuple([PyTorchContents])
  /// Keys are written in this order; ordered, it is a `collections.OrderedDict`.
  case dictionary([(key: Key, value: PyTorchContents)], isOrdered: Bool = false)
  case tensor(Tensor)

  public enum Key: Sendable, Hashable, ExpressibleByStringLiteral {
    case string(String)
    case integer(Int)

    public init(stringLiteral text: String) { self = .string(text) }
  }

  /// Takes the next bytes of a tensor, little-endian; they are not kept.
  public typealias Sink = (UnsafeRawBufferPointer) throws -> Void

  /// A tensor whose bytes are asked for when they are written.
  public struct Tensor {
    public let elementType: PyTorchElementType
    public let shape: [Int]
    let bytes: (Sink) throws -> Void

    /// - Parameter bytes: Hands all of the tensor's bytes to the sink, in the order of its shape and in
    ///   as many pieces as it likes.
    public init(
      _ elementType: PyTorchElementType, shape: [Int], bytes: @escaping (Sink) throws -> Void
    ) {
      precondition(shape.allSatisfy { $0 >= 0 }, "a tensor of shape \(shape)")
      self.elementType = elementType
      self.shape = shape
      self.bytes = bytes
    }

    /// A tensor of bytes that are there already.
    public init(_ elementType: PyTorchElementType, shape: [Int], bytes: [UInt8]) {
      self.init(elementType, shape: shape) { sink in try bytes.withUnsafeBytes { try sink($0) } }
    }

    var elementCount: Int { shape.reduce(1, *) }
    var byteCount: Int { elementCount * elementType.byteCount }
  }
}
