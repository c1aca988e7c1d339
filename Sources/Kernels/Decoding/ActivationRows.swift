import CVectorInstructions

/// A few rows [M, I] of activations as products by weights of one format read them, prepared once for
/// all products by them:
///
/// - f32: the numbers;
/// - bf16: rounded to the nearest, an odd I filled up with a zero;
/// - q8_0 and q4_0: in blocks of 32, each a scale d = max |x| / 127 and 32 codes x / d, rounded to the
///   nearest. They are GGUF's q8_0 blocks, but d stays float32. The products are exact in the codes.
///   An infinite or missing number makes its block's scale so, and with it every output of its row.
///
/// The memory is taken once, for the most rows and inputs that will come; preparing takes none. Rows
/// belong to one thread: threads that share a product each prepare their own copy, which costs a
/// microsecond for a row of a few thousand numbers, less than to wait for another's.
package final class ActivationRows: @unchecked Sendable {
  // Unchecked: written by one owner before any product reads it.

  /// The most rows, and the most inputs of a row, that there is room for.
  package let rowCapacity: Int
  package let inputCapacity: Int
  /// M, I and the format of what was prepared last.
  package private(set) var count = 0
  package private(set) var inputs = 0
  package private(set) var format = WeightFormat.float32
  /// Bytes from one row to the next.
  private(set) var stride = 0
  private let memory: Buffer

  package init(rowCapacity: Int, inputCapacity: Int) {
    self.rowCapacity = rowCapacity
    self.inputCapacity = inputCapacity
    memory = Buffer(
      uninitializedCount: rowCapacity * Self.stride(.float32, inputs: inputCapacity), of: .uint8)
  }

  /// The first row.
  var address: UnsafeRawPointer { UnsafeRawPointer(memory.address) }

  /// The bytes of a row, whole lines of the cache. No format needs more than float32.
  private static func stride(_ format: WeightFormat, inputs: Int) -> Int {
    let bytes =
      switch MatrixLayout(format) {
      case .rows: 4 * inputs
      case .pairs: 4 * PairedProduct.pairCount(inputs)
      case .blocks:
        ActivationBlock.byteCount * 2 * BlockLayout.pairCount(inputs: inputs)
      }
    return max(64, (bytes + 63) & ~63)
  }

  /// Takes in `count` rows of `inputs` numbers that lie one after another.
  package func prepare(
    _ numbers: UnsafePointer<Float>, count: Int, inputs: Int, for format: WeightFormat
  ) {
    arrange(count: count, inputs: inputs, for: format)
    fill(0..<count, from: numbers)
  }

  /// Decides what `fill` brings, so that threads can divide the rows.
  func arrange(count: Int, inputs: Int, for format: WeightFormat) {
    precondition(
      count <= rowCapacity && inputs <= inputCapacity,
      "\(count) rows of \(inputs) where \(rowCapacity) of \(inputCapacity) have room")
    (self.count, self.inputs, self.format) = (count, inputs, format)
    stride = Self.stride(format, inputs: inputs)
  }

  /// Takes in some of the rows; `numbers` is where the first of all rows begins.
  func fill<E: StoredElement>(_ rows: Range<Int>, from numbers: UnsafePointer<E>) {
    for row in rows {
      let (source, target) = (numbers + row &* inputs, memory.address + row &* stride)
      switch MatrixLayout(format) {
      case .rows:
        VectorLoop.map(source, into: target.assumingMemoryBound(to: Float.self), inputs) { $0 }
      case .pairs:
        let bits = target.assumingMemoryBound(to: BFloat16.self)
        VectorLoop.map(source, into: bits, inputs) { $0 }
        if inputs & 1 == 1 { bits[inputs] = BFloat16(bits: 0) }
      case .blocks:
        ActivationBlock.fill(
          target, from: source, inputs: inputs, zeroCode: format == .eightBitBlocks ? 128 : 8)
      }
    }
  }
}

/// Thirty-two activations: a float32 scale, an Int32 that takes back what the weights' codes are
/// above their values, and 32 signed codes.
enum ActivationBlock {
  static var byteCount: Int { 40 }
  static var correctionOffset: Int { 4 }
  static var codesOffset: Int { 8 }

  /// - Parameter zeroCode: The weights' code of zero.
  static func fill<E: StoredElement>(
    _ row: UnsafeMutableRawPointer, from numbers: UnsafePointer<E>, inputs: Int, zeroCode: Int32
  ) {
    var (block, source) = (row, numbers)
    for _ in 0..<inputs / 32 {
      fillBlock(block, load(source), load(source + 16), zeroCode)
      block += byteCount
      source += 32
    }
    if inputs / 32 & 1 == 1 {
      // The other of the last pair adds nothing.
      block.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }
  }

  @inline(__always)
  private static func fillBlock(
    _ block: UnsafeMutableRawPointer, _ first: Vector, _ second: Vector, _ zeroCode: Int32
  ) {
    // As integers, magnitudes are in order, and what is not a number is above them all.
    let magnitude = samara_largest(
      unsafeBitCast(first, to: PairVector.self) & 0x7FFF_FFFF,
      unsafeBitCast(second, to: PairVector.self) & 0x7FFF_FFFF)
    let scale = Float(bitPattern: magnitude) / 127
    let inverse = scale == 0 ? 0 : 1 / scale
    let (a, b) = (codes(first, inverse), codes(second, inverse))
    block.storeBytes(of: scale, as: Float.self)
    block.storeBytes(
      of: 0 &- zeroCode &* samara_sum_of_signed_bytes(a, b), toByteOffset: correctionOffset,
      as: Int32.self)
    block.storeBytes(of: a, toByteOffset: codesOffset, as: SIMD16<UInt8>.self)
    block.storeBytes(of: b, toByteOffset: codesOffset + 16, as: SIMD16<UInt8>.self)
  }

  @inline(__always)
  private static func codes(_ numbers: Vector, _ inverse: Float) -> SIMD16<UInt8> {
    let whole = samara_round_to_even(numbers * inverse)
    return samara_truncate_to_bytes(
      larger(smaller(whole, Vector(repeating: 127)), Vector(repeating: -127)))
  }
}
