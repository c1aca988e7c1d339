/// Superblocks of 256 numbers: 8 or 16 blocks, each with a scale (and maybe a minimum) of a few bits,
/// which multiply float16 ones of the whole.
///
/// Layouts are those of `block_q2_K` … `block_q6_K` in `ggml-common.h`; the order of operations that of
/// `ggml-quants.c` (github.com/ggml-org/llama.cpp).
enum QuantizedSuperblocks {
  typealias Numbers = UnsafeMutablePointer<Float>

  /// q2_K: 16 bytes of scale (low half) and minimum (high half) of blocks of 16, 64 bytes of codes, d, and
  /// the minimums' scale. Of 32 bytes of codes, the lowest two bits are the first 32 numbers, and so on.
  static func decodeTwoBits(_ block: UnsafeRawPointer, _ numbers: Numbers) {
    let scale = QuantizedBlocks.half(block, 80)
    let minimumScale = QuantizedBlocks.half(block, 82)
    for index in 0..<256 {
      let factors = byte(block, index / 16)
      let code = twoBits(block + 16, index)
      numbers[index] =
        (scale * Float(factors & 15)) * Float(code) - minimumScale * Float(factors >> 4)
    }
  }

  /// q3_K: 32 bytes of third bits, 64 of the lower two, 12 of scales of six bits, and d. A number is
  /// (scale − 32) · d · (code − 4), with the third bit worth 4.
  static func decodeThreeBits(_ block: UnsafeRawPointer, _ numbers: Numbers) {
    let scale = QuantizedBlocks.half(block, 108)
    for index in 0..<256 {
      let group = index / 16
      // The low four bits lie in the halves of eight bytes, the high two in the quarters of four.
      let low = byte(block, 96 + group % 8) >> UInt8(group / 8 * 4) & 15
      let high = byte(block, 104 + group % 4) >> UInt8(group / 4 * 2) & 3
      let factor = scale * Float(Int(low | high << 4) - 32)
      let code = twoBits(block + 32, index)
      let third = byte(block, index % 32) >> UInt8(index / 32) & 1
      numbers[index] = factor * Float(Int(code) - (third == 0 ? 4 : 0))
    }
  }

  /// q4_K: d, the minimums' scale, 12 bytes of scales and minimums of six bits for blocks of 32, and 128
  /// bytes of codes: 32 bytes hold one block in their lower and the next in their upper halves.
  static func decodeFourBits(_ block: UnsafeRawPointer, _ numbers: Numbers) {
    decodeWithMinimums(block, numbers) { group, index in
      byte(block, 16 + group / 2 * 32 + index) >> UInt8(group % 2 * 4) & 15
    }
  }

  /// q5_K: as q4_K, with 32 bytes of fifth bits before the codes: bit b of byte i is that of number i in
  /// block b.
  static func decodeFiveBits(_ block: UnsafeRawPointer, _ numbers: Numbers) {
    decodeWithMinimums(block, numbers) { group, index in
      let low = byte(block, 48 + group / 2 * 32 + index) >> UInt8(group % 2 * 4) & 15
      return low | (byte(block, 16 + index) >> UInt8(group) & 1) << 4
    }
  }

  /// q6_K: 128 bytes of the lower four bits, 64 of the upper two, 16 signed scales of blocks of 16, and d;
  /// a number is d · scale · (code − 32).
  static func decodeSixBits(_ block: UnsafeRawPointer, _ numbers: Numbers) {
    let scale = QuantizedBlocks.half(block, 208)
    for index in 0..<256 {
      let (part, place) = (index / 128, index % 128)
      let low = byte(block, part * 64 + place % 64) >> UInt8(place / 64 * 4) & 15
      let high = byte(block, 128 + part * 32 + place % 32) >> UInt8(place / 32 * 2) & 3
      let factor = block.load(fromByteOffset: 192 + index / 16, as: Int8.self)
      numbers[index] = (scale * Float(factor)) * Float(Int(low | high << 4) - 32)
    }
  }

  private static func decodeWithMinimums(
    _ block: UnsafeRawPointer, _ numbers: Numbers, _ code: (_ group: Int, _ index: Int) -> UInt8
  ) {
    let scale = QuantizedBlocks.half(block, 0)
    let minimumScale = QuantizedBlocks.half(block, 2)
    for group in 0..<8 {
      let (factor, minimum) = sixBitPair(block + 4, group)
      let (step, offset) = (scale * Float(factor), minimumScale * Float(minimum))
      for index in 0..<32 {
        numbers[group * 32 + index] = step * Float(code(group, index)) - offset
      }
    }
  }

  /// The scale and minimum of a block of q4_K and q5_K: the first four whole in the lower six bits of bytes
  /// 0–3 and 4–7; of the others the lower four bits in bytes 8–11, the upper two above the first four's.
  private static func sixBitPair(
    _ bytes: UnsafeRawPointer, _ group: Int
  ) -> (factor: UInt8, minimum: UInt8) {
    guard group >= 4 else { return (byte(bytes, group) & 63, byte(bytes, group + 4) & 63) }
    let low = byte(bytes, group + 4)
    return (
      low & 15 | (byte(bytes, group - 4) >> 6) << 4, low >> 4 | (byte(bytes, group) >> 6) << 4
    )
  }

  /// Of 64 bytes of two-bit codes, that of a number.
  private static func twoBits(_ codes: UnsafeRawPointer, _ index: Int) -> UInt8 {
    let (part, place) = (index / 128, index % 128)
    return byte(codes, part * 32 + place % 32) >> UInt8(place / 32 * 2) & 3
  }

  private static func byte(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt8 {
    bytes.load(fromByteOffset: offset, as: UInt8.self)
  }
}
