import CVectorInstructions

/// Sixteen whole numbers.
typealias Integers = SIMD16<Int32>

/// The dot product of fours of bytes: the processor's own, or one made of plain arithmetic; both are
/// exact.
protocol ByteInstructions {
  /// - Parameters:
  ///   - unsigned: Sixteen fours of unsigned bytes.
  ///   - signed: One four of signed bytes.
  static func dot(_ sum: Integers, _ unsigned: PairVector, _ signed: UInt32) -> Integers
}

enum NativeByteInstructions: ByteInstructions {
  @inline(__always)
  static func dot(_ sum: Integers, _ unsigned: PairVector, _ signed: UInt32) -> Integers {
    samara_dot_bytes(sum, unsigned, PairVector(repeating: signed))
  }
}

enum PortableByteInstructions: ByteInstructions {
  @inline(__always)
  static func dot(_ sum: Integers, _ unsigned: PairVector, _ signed: UInt32) -> Integers {
    sum &+ product(unsigned, signed, 0) &+ product(unsigned, signed, 8)
      &+ product(unsigned, signed, 16) &+ product(unsigned, signed, 24)
  }

  @inline(__always)
  private static func product(_ unsigned: PairVector, _ signed: UInt32, _ shift: UInt32) -> Integers
  {
    let bytes = (unsigned &>> PairVector(repeating: shift)) & 0xFF
    return unsafeBitCast(bytes, to: Integers.self)
      &* Int32(Int8(truncatingIfNeeded: signed &>> shift))
  }
}

/// The sums of some rows of activations by 16 outputs of blocks, all in registers.
protocol BlockSums {
  static var rows: Int { get }
  init()
  /// Begins a block, the first row's at `x`.
  mutating func begin(_ x: UnsafeRawPointer, _ stride: Int)
  /// Adds the products of a line of codes by the first row's four codes at `x`.
  mutating func add(_ codes: PairVector, _ x: UnsafeRawPointer, _ stride: Int)
  /// Ends the block, whose first row is at `x`.
  mutating func end(_ scales: Vector, _ x: UnsafeRawPointer, _ stride: Int)
  func write<C: StoredElement>(to y: TileTarget<C>)
}

/// The sums of some rows of activations by 16 outputs of bfloat16, all in registers.
protocol PairSums {
  static var rows: Int { get }
  init()
  /// Adds the products of the outputs' pairs by the first row's pair at `x`.
  mutating func add(_ pairs: PairVector, _ x: UnsafeRawPointer, _ stride: Int)
  func write<C: StoredElement>(to y: TileTarget<C>)
}

/// How far ahead of the sums of four rows or more a weight is asked for, in bytes; for one or two the
/// processor asks early enough by itself, and asking would cost them a tenth. Measured: eight rows of
/// q8_0 pass 1.8 times as fast as without.
let weightPrefetchDistance = 8192

/// Where a tile of sums goes.
struct TileTarget<C: StoredElement> {
  var start: UnsafeMutablePointer<C>
  let stride: Int
  /// Outputs from `start` on; more than 16 are whole vectors.
  var columns: Int
  let isAccumulating: Bool

  @inline(__always)
  func dropping(rows: Int) -> TileTarget {
    var rest = self
    rest.start += rows &* stride
    return rest
  }

  @inline(__always)
  func dropping(columns count: Int) -> TileTarget {
    var rest = self
    rest.start += count
    rest.columns &-= count
    return rest
  }

  @inline(__always)
  func write(_ sums: Vector) {
    if columns >= 16 {
      store(isAccumulating ? load(start) + sums : sums, start)
    } else if columns > 0 {
      store(
        isAccumulating ? load(start, first: columns) + sums : sums, start, first: columns)
    }
  }
}

/// One row by blocks: the block's whole sums, and the scaled sums of the blocks before it.
struct BlockRow<I: ByteInstructions>: BlockSums {
  var whole = Integers.zero
  var total = Vector.zero
  static var rows: Int { 1 }

  @inline(__always) init() {}

  @inline(__always)
  mutating func begin(_ x: UnsafeRawPointer, _ stride: Int) {
    whole = Integers(
      repeating: x.load(fromByteOffset: ActivationBlock.correctionOffset, as: Int32.self))
  }

  @inline(__always)
  mutating func add(_ codes: PairVector, _ x: UnsafeRawPointer, _ stride: Int) {
    whole = I.dot(whole, codes, x.load(as: UInt32.self))
  }

  @inline(__always)
  mutating func end(_ scales: Vector, _ x: UnsafeRawPointer, _ stride: Int) {
    total = multiplyAdd(
      samara_integers_to_float32(whole), scales * x.load(as: Float.self), total)
  }

  @inline(__always)
  func write<C: StoredElement>(to y: TileTarget<C>) { y.write(total) }
}

/// One row by bfloat16 numbers.
struct PairRow<I: PairInstructions>: PairSums {
  var total = Vector.zero
  static var rows: Int { 1 }

  @inline(__always) init() {}

  @inline(__always)
  mutating func add(_ pairs: PairVector, _ x: UnsafeRawPointer, _ stride: Int) {
    total = I.dot(total, PairVector(repeating: x.load(as: UInt32.self)), pairs)
  }

  @inline(__always)
  func write<C: StoredElement>(to y: TileTarget<C>) { y.write(total) }
}

/// Twice as many rows.
struct Twice<Half> {
  var first: Half
  var second: Half
}

extension Twice: BlockSums where Half: BlockSums {
  static var rows: Int { 2 &* Half.rows }

  @inline(__always)
  init() {
    first = Half()
    second = Half()
  }

  @inline(__always)
  mutating func begin(_ x: UnsafeRawPointer, _ stride: Int) {
    first.begin(x, stride)
    second.begin(x + Half.rows &* stride, stride)
  }

  @inline(__always)
  mutating func add(_ codes: PairVector, _ x: UnsafeRawPointer, _ stride: Int) {
    first.add(codes, x, stride)
    second.add(codes, x + Half.rows &* stride, stride)
  }

  @inline(__always)
  mutating func end(_ scales: Vector, _ x: UnsafeRawPointer, _ stride: Int) {
    first.end(scales, x, stride)
    second.end(scales, x + Half.rows &* stride, stride)
  }

  @inline(__always)
  func write<C: StoredElement>(to y: TileTarget<C>) {
    first.write(to: y)
    second.write(to: y.dropping(rows: Half.rows))
  }
}

extension Twice: PairSums where Half: PairSums {
  static var rows: Int { 2 &* Half.rows }

  @inline(__always)
  init() {
    first = Half()
    second = Half()
  }

  @inline(__always)
  mutating func add(_ pairs: PairVector, _ x: UnsafeRawPointer, _ stride: Int) {
    first.add(pairs, x, stride)
    second.add(pairs, x + Half.rows &* stride, stride)
  }

  @inline(__always)
  func write<C: StoredElement>(to y: TileTarget<C>) {
    first.write(to: y)
    second.write(to: y.dropping(rows: Half.rows))
  }
}
