/// Memory for `count` elements of one type, aligned to a cache line and recycled when let go.
///
/// Kernels take buffers and lengths; they know no shapes. They work on addresses, and the caller's
/// argument keeps the memory; a kernel's own scratch is kept with `withExtendedLifetime`. A training step asks for the same sizes
/// again and again, and fresh pages cost a page fault each, so memory goes back to a pool instead
/// of to the system.
public final class Buffer: @unchecked Sendable {
  /// The number of elements.
  public let count: Int
  /// How each of them lies in memory.
  public let elementType: ElementType
  /// The first byte.
  let address: UnsafeMutableRawPointer
  private let capacity: Int

  /// Takes memory for `count` elements whose values are undefined.
  public init(uninitializedCount count: Int, of elementType: ElementType = .float32) {
    precondition(count >= 0, "a buffer of \(count) elements")
    self.count = count
    self.elementType = elementType
    capacity = BufferPool.capacity(for: count * elementType.byteCount)
    address = BufferPool.shared.take(capacity)
  }

  /// Takes memory for `count` float32 elements, all of them `value`.
  public convenience init(repeating value: Float, count: Int) {
    self.init(uninitializedCount: count)
    pointer.update(repeating: value, count: count)
  }

  /// Copies `elements`, as float32.
  public convenience init(_ elements: some Collection<Float>) {
    self.init(uninitializedCount: elements.count)
    for (offset, element) in elements.enumerated() { pointer[offset] = element }
  }

  /// Copies little-endian elements from bytes of any alignment.
  public convenience init(
    copying bytes: UnsafeRawBufferPointer, of elementType: ElementType = .float32
  ) {
    let stride = elementType.byteCount
    precondition(
      bytes.count % stride == 0, "\(bytes.count) bytes are no whole \(elementType) elements")
    self.init(uninitializedCount: bytes.count / stride, of: elementType)
    UnsafeMutableRawBufferPointer(start: address, count: bytes.count).copyMemory(from: bytes)
  }

  deinit { BufferPool.shared.giveBack(address, capacity) }

  /// The first element of a float32 buffer.
  public var pointer: UnsafeMutablePointer<Float> { elements() }

  /// The first element of a bfloat16 buffer.
  public var bfloat16Pointer: UnsafeMutablePointer<BFloat16> { elements() }

  /// The first element of a buffer of bytes.
  public var bytePointer: UnsafeMutablePointer<UInt8> {
    precondition(elementType == .uint8, "a buffer of \(elementType) where bytes are expected")
    return address.assumingMemoryBound(to: UInt8.self)
  }

  /// The first element, for code that is generic over the type.
  @inline(__always)
  func elements<E: StoredElement>(of _: E.Type = E.self) -> UnsafeMutablePointer<E> {
    precondition(
      elementType == E.elementType,
      "a buffer of \(elementType) where \(E.elementType) is expected")
    return address.assumingMemoryBound(to: E.self)
  }

  /// The number of bytes.
  public var byteCount: Int { count * elementType.byteCount }

  /// The elements, for reading by code outside this module that writes or prints them.
  public func withBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: address, count: byteCount))
  }

  /// A copy of this buffer.
  public func copy() -> Buffer {
    let result = Buffer(uninitializedCount: count, of: elementType)
    let (source, target, count) = (address, result.address, byteCount)
    ThreadPool.shared.forEachRange(count, grain: 1 << 20) { range in
      (target + range.lowerBound).copyMemory(
        from: source + range.lowerBound, byteCount: range.count)
    }
    return result
  }
}
