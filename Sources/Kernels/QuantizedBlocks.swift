/// Numbers of the block formats that are read and never written: those of llama.cpp's quantizer.
///
/// Layouts are those of `ggml-common.h` (github.com/ggml-org/llama.cpp); all are little-endian. A
/// block of 32 has a float16 scale d, maybe a float16 minimum m, and a code q for each number, which is
/// d · q + m, or d · (q − half of the codes) without a minimum. The superblocks of 256, whose names end
/// in K, are in ``QuantizedSuperblocks``.
///
/// Every operation is one of float32 in the order of the reference, so that results are equal to the
/// bit.
enum QuantizedBlocks {
  /// Writes the numbers of a part on the calling thread.
  static func decode(_ part: WeightPart, into target: UnsafeMutablePointer<Float>) {
    guard let base = part.bytes.baseAddress else { return }
    let (length, byteCount) = (part.format.blockLength, part.format.blockByteCount)
    func forEachBlock(
      _ decode: (_ block: UnsafeRawPointer, _ numbers: UnsafeMutablePointer<Float>) -> Void
    ) {
      for block in 0..<part.elementCount / length {
        decode(base + block * byteCount, target + block * length)
      }
    }
    switch part.format {
    case .fourBitBlocksWithMinimum: forEachBlock(decodeFourBitsWithMinimum)
    case .fiveBitBlocks: forEachBlock(decodeFiveBits)
    case .fiveBitBlocksWithMinimum: forEachBlock(decodeFiveBitsWithMinimum)
    case .twoBitSuperblocks: forEachBlock(QuantizedSuperblocks.decodeTwoBits)
    case .threeBitSuperblocks: forEachBlock(QuantizedSuperblocks.decodeThreeBits)
    case .fourBitSuperblocks: forEachBlock(QuantizedSuperblocks.decodeFourBits)
    case .fiveBitSuperblocks: forEachBlock(QuantizedSuperblocks.decodeFiveBits)
    case .sixBitSuperblocks: forEachBlock(QuantizedSuperblocks.decodeSixBits)
    case .float32, .float16, .bfloat16, .eightBitBlocks, .fourBitBlocks:
      preconditionFailure("\(part.format.rawValue) is decoded by WeightCodec")
    }
  }

  /// d, m, then 16 bytes with the codes of numbers j and j + 16.
  private static func decodeFourBitsWithMinimum(
    _ block: UnsafeRawPointer, _ numbers: UnsafeMutablePointer<Float>
  ) {
    let (scale, minimum) = (half(block, 0), half(block, 2))
    for index in 0..<16 {
      let byte = block.load(fromByteOffset: 4 + index, as: UInt8.self)
      numbers[index] = scale * Float(byte & 15) + minimum
      numbers[index + 16] = scale * Float(byte >> 4) + minimum
    }
  }

  /// d, 32 fifth bits, then 16 bytes with the lower four of numbers j and j + 16.
  private static func decodeFiveBits(
    _ block: UnsafeRawPointer, _ numbers: UnsafeMutablePointer<Float>
  ) {
    let scale = half(block, 0)
    forEachFiveBits(block + 2) { index, code in
      numbers[index] = scale * Float(Int(code) - 16)
    }
  }

  /// d, m, then as without a minimum.
  private static func decodeFiveBitsWithMinimum(
    _ block: UnsafeRawPointer, _ numbers: UnsafeMutablePointer<Float>
  ) {
    let (scale, minimum) = (half(block, 0), half(block, 2))
    forEachFiveBits(block + 4) { index, code in
      numbers[index] = scale * Float(code) + minimum
    }
  }

  private static func forEachFiveBits(
    _ codes: UnsafeRawPointer, _ body: (_ index: Int, _ code: UInt32) -> Void
  ) {
    let fifth = UInt32(littleEndian: codes.loadUnaligned(as: UInt32.self))
    for index in 0..<16 {
      let byte = UInt32(codes.load(fromByteOffset: 4 + index, as: UInt8.self))
      body(index, byte & 15 | (fifth >> UInt32(index) & 1) << 4)
      body(index + 16, byte >> 4 | (fifth >> UInt32(index + 16) & 1) << 4)
    }
  }

  /// The float16 at an offset, as float32.
  static func half(_ block: UnsafeRawPointer, _ offset: Int) -> Float {
    let bits = UInt16(
      littleEndian: block.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    return Float(Float16(bitPattern: bits))
  }
}
