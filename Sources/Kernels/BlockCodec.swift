import CVectorInstructions

/// Blocks of 32 numbers to and from q8_0 and q4_0.
///
/// The arithmetic is that of ggml's reference quantization (`quantize_row_q8_0_ref` and
/// `quantize_row_q4_0_ref`), so the bytes are: q8_0 maps the largest magnitude to 127, q4_0 the first
/// number of the largest magnitude to −8. What is not a number counts as no magnitude.
enum BlockCodec {
  private typealias Bytes = SIMD16<UInt8>

  static func decodeEightBits(
    _ block: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>
  ) {
    let scale = scale(of: block)
    let first = block.loadUnaligned(fromByteOffset: 2, as: Bytes.self)
    let second = block.loadUnaligned(fromByteOffset: 18, as: Bytes.self)
    store(scale * samara_widen_signed_bytes(first), target)
    store(scale * samara_widen_signed_bytes(second), target + 16)
  }

  static func decodeFourBits(
    _ block: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>
  ) {
    let scale = scale(of: block)
    let bytes = block.loadUnaligned(fromByteOffset: 2, as: Bytes.self)
    store(scale * samara_widen_signed_bytes((bytes & 15) &- 8), target)
    store(scale * samara_widen_signed_bytes((bytes &>> 4) &- 8), target + 16)
  }

  static func encodeEightBits(_ numbers: UnsafePointer<Float>, into block: UnsafeMutableRawPointer)
  {
    let (first, second) = (load(numbers), load(numbers + 16))
    let largest = max(largest(first, second), largest(-first, -second))
    let scale = largest / 127
    let inverse = scale == 0 ? 0 : 1 / scale
    block.storeBytes(of: Float16(scale).bitPattern, as: UInt16.self)
    @inline(__always) func codes(_ numbers: Vector) -> Bytes {
      samara_truncate_to_bytes(
        larger(
          smaller(samara_round_away(numbers * inverse), Vector(repeating: 127)),
          Vector(repeating: -127)))
    }
    block.storeBytes(of: codes(first), toByteOffset: 2, as: Bytes.self)
    block.storeBytes(of: codes(second), toByteOffset: 18, as: Bytes.self)
  }

  static func encodeFourBits(_ numbers: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) {
    let (first, second) = (load(numbers), load(numbers + 16))
    let scale = extreme(numbers, first, second) / -8
    let inverse = scale == 0 ? 0 : 1 / scale
    block.storeBytes(of: Float16(scale).bitPattern, as: UInt16.self)
    @inline(__always) func codes(_ numbers: Vector) -> Bytes {
      samara_truncate_to_bytes(
        larger(smaller(numbers * inverse + 8.5, Vector(repeating: 15)), Vector.zero))
    }
    block.storeBytes(
      of: codes(first) | (codes(second) &<< 4), toByteOffset: 2, as: Bytes.self)
  }

  @inline(__always)
  private static func scale(of block: UnsafeRawPointer) -> Float {
    Float(Float16(bitPattern: block.loadUnaligned(as: UInt16.self)))
  }

  /// The largest number, or 0 where none is above. The order of such numbers is that of their bits.
  @inline(__always)
  private static func largest(_ first: Vector, _ second: Vector) -> Float {
    Float(
      bitPattern: samara_largest(
        unsafeBitCast(larger(first, Vector.zero), to: PairVector.self),
        unsafeBitCast(larger(second, Vector.zero), to: PairVector.self)))
  }

  /// The first number of the largest magnitude.
  @inline(__always)
  private static func extreme(
    _ numbers: UnsafePointer<Float>, _ first: Vector, _ second: Vector
  ) -> Float {
    let (above, below) = (largest(first, second), largest(-first, -second))
    if above != below { return above > below ? above : -below }
    if above == 0 { return 0 }
    for index in 0..<32 where abs(numbers[index]) == above { return numbers[index] }
    return above
  }
}
