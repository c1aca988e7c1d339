import CVectorInstructions

/// A type that numbers lie in memory as; kernels that are generic over it are written once.
///
/// Sixteen elements become a vector of float32 when they are read and are rounded when written.
package protocol StoredElement {
  static func load(_ pointer: UnsafePointer<Self>) -> Vector
  /// The numbers of this type that are nearest to those of a vector.
  static func nearest(_ vector: Vector) -> Vector
  static func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<Self>)
  init(_ value: Float)
  static var elementType: ElementType { get }
  var float: Float { get }
  /// The nearest bfloat16 number.
  var bfloat16: BFloat16 { get }
  /// The bits of thirty-two elements as bfloat16.
  static func pairs(_ pointer: UnsafePointer<Self>) -> SIMD32<UInt16>
}

/// A type of elements that matrices are multiplied in.
protocol ProductElement: StoredElement {
  /// C ← A·B + (accumulating ? C : 0) on the calling thread.
  static func multiply<C: StoredElement>(
    _ a: Operand<Self>, _ b: PreparedFactor<Self>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, accumulating: Bool)
}

extension Float: StoredElement {
  @inline(__always)
  package static func nearest(_ vector: Vector) -> Vector { vector }

  @inline(__always)
  package static func load(_ pointer: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
  }

  @inline(__always)
  package static func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: Vector.self)
  }

  package static var elementType: ElementType { .float32 }
  @inline(__always) package var float: Float { self }
  @inline(__always) package var bfloat16: BFloat16 { BFloat16(self) }

  @inline(__always)
  package static func pairs(_ pointer: UnsafePointer<Float>) -> SIMD32<UInt16> {
    samara_round_pairs_to_bfloat16(load(pointer), load(pointer + laneCount))
  }
}

extension BFloat16: StoredElement {
  @inline(__always)
  package static func load(_ pointer: UnsafePointer<BFloat16>) -> Vector {
    widened(UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<UInt16>.self))
  }

  @inline(__always)
  package static func nearest(_ vector: Vector) -> Vector { widened(rounded(vector)) }

  @inline(__always)
  private static func widened(_ bits: SIMD16<UInt16>) -> Vector {
    unsafeBitCast(samara_widen_16_bits(bits) &<< 16, to: Vector.self)
  }

  @inline(__always)
  package static func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<BFloat16>) {
    UnsafeMutableRawPointer(pointer).storeBytes(
      of: rounded(vector), as: SIMD16<UInt16>.self)
  }

  @inline(__always)
  package static func rounded(_ vector: Vector) -> SIMD16<UInt16> {
    samara_round_to_bfloat16(vector)
  }

  package static var elementType: ElementType { .bfloat16 }
  @inline(__always) package var float: Float { Float(self) }
  @inline(__always) package var bfloat16: BFloat16 { self }

  @inline(__always)
  package static func pairs(_ pointer: UnsafePointer<BFloat16>) -> SIMD32<UInt16> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD32<UInt16>.self)
  }
}

extension Float: ProductElement {
  static func multiply<C: StoredElement>(
    _ a: Operand<Float>, _ b: PreparedFactor<Float>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, accumulating: Bool
  ) {
    precondition(C.elementType == .float32, "float32 factors give float32, not \(C.elementType)")
    guard case .operand(let b) = b.layout else {
      preconditionFailure("float32 factors are taken as they lie")
    }
    OpenBLAS.multiply(
      a, b, into: UnsafeMutableRawPointer(c).assumingMemoryBound(to: Float.self), stride: stride,
      size, accumulating: accumulating)
  }
}

extension BFloat16: ProductElement {
  static func multiply<C: StoredElement>(
    _ a: Operand<BFloat16>, _ b: PreparedFactor<BFloat16>, into c: UnsafeMutablePointer<C>,
    stride: Int, _ size: ProductSize, accumulating: Bool
  ) {
    guard size.rows > 0, size.columns > 0 else { return }
    b.multiply(by: a, into: c, stride: stride, size, accumulating: accumulating)
  }
}

extension ProductElement {
  /// The same by a factor as it lies in memory.
  static func multiply<C: StoredElement>(
    _ a: Operand<Self>, _ b: Operand<Self>, into c: UnsafeMutablePointer<C>, stride: Int,
    _ size: ProductSize, accumulating: Bool
  ) {
    multiply(
      a, PreparedFactor(b), into: c, stride: stride, size, accumulating: accumulating)
  }
}
