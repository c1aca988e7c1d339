import Kernels

/// A dense array with value semantics, of float32 if nothing else is said.
///
/// Elements lie contiguously, innermost dimension last. Only kernels touch them: code above this
/// module moves whole tensors. A tensor made inside a gradient's scope also knows its place on the
/// tape; see `recorded(_:from:pullback:)`.
public struct Tensor: Sendable {
  /// The lengths of the dimensions.
  public let shape: Shape
  /// The elements; never written while another tensor shares it.
  public private(set) var buffer: Buffer
  /// How an element lies in memory; its gradient is of the same type.
  public var elementType: ElementType { buffer.elementType }
  /// The place on a tape, if gradients flow to this tensor.
  var node: TapeNode?

  /// Wraps a buffer that the caller has filled and will not write again.
  public init(_ buffer: Buffer, shape: Shape) {
    precondition(
      buffer.count == shape.elementCount,
      "a buffer of \(buffer.count) elements for a tensor of shape \(shape)")
    self.shape = shape
    self.buffer = buffer
  }

  /// A tensor whose elements are all `value`.
  public init(repeating value: Float, shape: Shape, elementType: ElementType = .float32) {
    let buffer = Buffer(uninitializedCount: shape.elementCount, of: elementType)
    Fill.constant(value, into: buffer)
    self.init(buffer, shape: shape)
  }

  /// A tensor of the given elements, innermost dimension fastest.
  public init(_ elements: some Collection<Float>, shape: Shape) {
    self.init(Buffer(elements), shape: shape)
  }

  /// A tensor of rank 0.
  public init(_ scalar: Float) { self.init([scalar], shape: []) }

  /// A tensor of samples of the normal distribution with mean 0, a function of the arguments alone.
  public init(normal standardDeviation: Double, shape: Shape, seed: UInt64, stream: UInt64) {
    let buffer = Buffer(uninitializedCount: shape.elementCount)
    RandomKernel.normal(
      standardDeviation: standardDeviation, seed: seed, stream: stream, into: buffer)
    self.init(buffer, shape: shape)
  }

  /// The elements as an array, innermost dimension fastest.
  public var scalars: [Float] {
    let buffer = buffer(as: .float32)
    return [Float](unsafeUninitializedCapacity: buffer.count) { target, count in
      if let start = target.baseAddress {
        start.initialize(from: buffer.pointer, count: buffer.count)
      }
      count = buffer.count
    }
  }

  /// The only element of a tensor that has one.
  public var scalar: Float {
    precondition(shape.elementCount == 1, "a tensor of shape \(shape) is not a scalar")
    return scalars[0]
  }

  /// The same value, off the tape: no gradient flows through it.
  public var detached: Tensor {
    var copy = self
    copy.node = nil
    return copy
  }

  /// Whether gradients flow to this tensor.
  public var isTracked: Bool { node?.tape != nil }

  /// The buffer for writing in place, copied first if another tensor shares it.
  public mutating func mutableBuffer() -> Buffer {
    if !isKnownUniquelyReferenced(&buffer) { buffer = buffer.copy() }
    return buffer
  }
}
