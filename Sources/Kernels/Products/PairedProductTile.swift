import CVectorInstructions

/// Sixteen pairs of bfloat16 numbers, the first of a pair in the lower half.
typealias PairVector = SIMD16<UInt32>

@inline(__always)
func floats(_ bits: PairVector) -> Vector { unsafeBitCast(bits, to: Vector.self) }

/// The multiply-add on pairs of bfloat16: the processor's own, or one made of plain arithmetic.
protocol PairInstructions {
  static func dot(_ sum: Vector, _ a: PairVector, _ b: PairVector) -> Vector
}

enum NativePairInstructions: PairInstructions {
  @inline(__always)
  static func dot(_ sum: Vector, _ a: PairVector, _ b: PairVector) -> Vector {
    samara_dot_bfloat16(sum, a, b)
  }
}

enum PortablePairInstructions: PairInstructions {
  @inline(__always)
  static func dot(_ sum: Vector, _ a: PairVector, _ b: PairVector) -> Vector {
    let low = floats(a &<< 16) * floats(b &<< 16)
    let high = floats(a & 0xFFFF_0000) * floats(b & 0xFFFF_0000)
    return sum + low + high
  }
}

/// One row of a tile of sums: some vectors of 16 columns, held in registers.
protocol TileRow {
  /// The pairs of B that one step of a row multiplies by.
  associatedtype Pairs
  static var vectors: Int { get }
  init()
  /// Reads a row kept by `keep`.
  init(kept pointer: UnsafePointer<Float>)
  func keep(at pointer: UnsafeMutablePointer<Float>)
  static func pairs(at pointer: UnsafeRawPointer, groupStep: Int) -> Pairs
  mutating func add<I: PairInstructions>(_ a: UInt32, _ b: Pairs, by instructions: I.Type)
  func write<C: StoredElement>(to pointer: UnsafeMutablePointer<C>, accumulating: Bool)
}

@inline(__always)
private func write<C: StoredElement>(
  _ values: Vector, to pointer: UnsafeMutablePointer<C>, accumulating: Bool
) {
  store(accumulating ? load(pointer) + values : values, pointer)
}

struct TileRow1: TileRow {
  var x = Vector.zero
  static var vectors: Int { 1 }

  @inline(__always) init() {}
  @inline(__always) init(kept pointer: UnsafePointer<Float>) { x = Float.load(pointer) }

  @inline(__always)
  func keep(at pointer: UnsafeMutablePointer<Float>) {
    Float.store(x, pointer)
  }

  @inline(__always)
  static func pairs(at pointer: UnsafeRawPointer, groupStep: Int) -> PairVector {
    pointer.loadUnaligned(as: PairVector.self)
  }

  @inline(__always)
  mutating func add<I: PairInstructions>(
    _ a: UInt32, _ b: PairVector, by instructions: I.Type
  ) {
    x = I.dot(x, PairVector(repeating: a), b)
  }

  @inline(__always)
  func write<C: StoredElement>(to pointer: UnsafeMutablePointer<C>, accumulating: Bool) {
    Kernels.write(x, to: pointer, accumulating: accumulating)
  }
}

struct TileRow2: TileRow {
  var x = Vector.zero
  var y = Vector.zero
  static var vectors: Int { 2 }

  @inline(__always) init() {}

  @inline(__always)
  init(kept pointer: UnsafePointer<Float>) {
    x = Float.load(pointer)
    y = Float.load(pointer + 16)
  }

  @inline(__always)
  func keep(at pointer: UnsafeMutablePointer<Float>) {
    Float.store(x, pointer)
    Float.store(y, pointer + 16)
  }

  @inline(__always)
  static func pairs(at pointer: UnsafeRawPointer, groupStep: Int) -> (PairVector, PairVector) {
    (
      pointer.loadUnaligned(as: PairVector.self),
      pointer.loadUnaligned(fromByteOffset: groupStep, as: PairVector.self)
    )
  }

  @inline(__always)
  mutating func add<I: PairInstructions>(
    _ a: UInt32, _ b: (PairVector, PairVector), by instructions: I.Type
  ) {
    let a = PairVector(repeating: a)
    x = I.dot(x, a, b.0)
    y = I.dot(y, a, b.1)
  }

  @inline(__always)
  func write<C: StoredElement>(to pointer: UnsafeMutablePointer<C>, accumulating: Bool) {
    Kernels.write(x, to: pointer, accumulating: accumulating)
    Kernels.write(y, to: pointer + 16, accumulating: accumulating)
  }
}

struct TileRow3: TileRow {
  var x = Vector.zero
  var y = Vector.zero
  var z = Vector.zero
  static var vectors: Int { 3 }

  @inline(__always) init() {}

  @inline(__always)
  init(kept pointer: UnsafePointer<Float>) {
    x = Float.load(pointer)
    y = Float.load(pointer + 16)
    z = Float.load(pointer + 32)
  }

  @inline(__always)
  func keep(at pointer: UnsafeMutablePointer<Float>) {
    Float.store(x, pointer)
    Float.store(y, pointer + 16)
    Float.store(z, pointer + 32)
  }

  @inline(__always)
  static func pairs(
    at pointer: UnsafeRawPointer, groupStep: Int
  ) -> (PairVector, PairVector, PairVector) {
    (
      pointer.loadUnaligned(as: PairVector.self),
      pointer.loadUnaligned(fromByteOffset: groupStep, as: PairVector.self),
      pointer.loadUnaligned(fromByteOffset: 2 &* groupStep, as: PairVector.self)
    )
  }

  @inline(__always)
  mutating func add<I: PairInstructions>(
    _ a: UInt32, _ b: (PairVector, PairVector, PairVector), by instructions: I.Type
  ) {
    let a = PairVector(repeating: a)
    x = I.dot(x, a, b.0)
    y = I.dot(y, a, b.1)
    z = I.dot(z, a, b.2)
  }

  @inline(__always)
  func write<C: StoredElement>(to pointer: UnsafeMutablePointer<C>, accumulating: Bool) {
    Kernels.write(x, to: pointer, accumulating: accumulating)
    Kernels.write(y, to: pointer + 16, accumulating: accumulating)
    Kernels.write(z, to: pointer + 32, accumulating: accumulating)
  }
}
