import CVectorInstructions

/// A type that numbers lie in memory as; kernels that are generic over it are written once.
///
/// Sixteen elements become a vector of float32 when they are read and are rounded when written.
protocol StoredElement {
  static func load(_ pointer: UnsafePointer<Self>) -> Vector
  static func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<Self>)
  init(_ value: Float)
  static var elementType: ElementType { get }
  var float: Float { get }

  /// C ← A·B + (accumulating ? C : 0) on the calling thread, by the type's engine.
  static func multiply<C: StoredElement>(
    _ a: Operand<Self>, _ b: Operand<Self>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, accumulating: Bool)
}

extension Float: StoredElement {
  @inline(__always)
  static func load(_ pointer: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
  }

  @inline(__always)
  static func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: Vector.self)
  }

  static var elementType: ElementType { .float32 }
  @inline(__always) var float: Float { self }

  static func multiply<C: StoredElement>(
    _ a: Operand<Float>, _ b: Operand<Float>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, accumulating: Bool
  ) {
    precondition(C.elementType == .float32, "float32 factors give float32, not \(C.elementType)")
    OpenBLAS.multiply(
      a, b, into: UnsafeMutableRawPointer(c).assumingMemoryBound(to: Float.self), stride: stride,
      size, accumulating: accumulating)
  }
}

extension BFloat16: StoredElement {
  @inline(__always)
  static func load(_ pointer: UnsafePointer<BFloat16>) -> Vector {
    let bits = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<UInt16>.self)
    return unsafeBitCast(samara_widen_16_bits(bits) &<< 16, to: Vector.self)
  }

  @inline(__always)
  static func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<BFloat16>) {
    UnsafeMutableRawPointer(pointer).storeBytes(
      of: rounded(vector), as: SIMD16<UInt16>.self)
  }

  @inline(__always)
  static func rounded(_ vector: Vector) -> SIMD16<UInt16> {
    samara_round_to_bfloat16(vector)
  }

  static var elementType: ElementType { .bfloat16 }
  @inline(__always) var float: Float { Float(self) }

  static func multiply<C: StoredElement>(
    _ a: Operand<BFloat16>, _ b: Operand<BFloat16>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, accumulating: Bool
  ) {
    guard size.rows > 0, size.columns > 0 else { return }
    BFloat16Product.engine.multiply(
      a, b, into: c, stride: stride, size, accumulating: accumulating)
  }
}
