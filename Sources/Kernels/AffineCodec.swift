/// MLX's affine quantization, undone: groups of a row share a scale s and a bias b, and a number is
/// s · q + b.
///
/// Codes of `bits` bits lie one after another from the lowest bit of the first byte on, which is what
/// MLX packs into 32-bit words (`mlx.core.quantize`). Product and sum are each rounded to the type of the
/// scales, as `mlx.core.dequantize` rounds them on a CPU, so that the numbers are the same to the bit.
public enum AffineCodec {
  /// The numbers, in the format of the scales.
  ///
  /// - Parameters:
  ///   - codes: The packed codes, of any alignment.
  ///   - groupSize: How many numbers share a scale and a bias; a multiple of 8.
  public static func decoded(
    _ codes: UnsafeRawBufferPointer, scales: WeightPart, biases: WeightPart, bits: Int,
    groupSize: Int
  ) -> [UInt8] {
    let groups = scales.elementCount
    precondition(groupSize % 8 == 0 && (1...8).contains(bits), "\(bits) bits, groups of \(groupSize)")
    precondition(
      biases.elementCount == groups && biases.format == scales.format
        && codes.count == groups * groupSize / 8 * bits,
      "\(codes.count) bytes of codes for \(groups) groups of \(groupSize) in \(bits) bits")
    return switch scales.format {
    case .float16: decoded(codes, scales, biases, bits, groupSize, as: Float16.self)
    case .bfloat16: decoded(codes, scales, biases, bits, groupSize, as: BFloat16.self)
    default: decoded(codes, scales, biases, bits, groupSize, as: Float.self)
    }
  }

  private static func decoded<Number: RoundedNumber>(
    _ codes: UnsafeRawBufferPointer, _ scales: WeightPart, _ biases: WeightPart, _ bits: Int,
    _ groupSize: Int, as _: Number.Type
  ) -> [UInt8] {
    let width = MemoryLayout<Number>.size
    let byteCount = scales.elementCount * groupSize * width
    return [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
      let output = UnsafeMutableRawBufferPointer(target)
      ThreadPool.shared.forEachRange(scales.elementCount, grain: 512) { groups in
        for group in groups {
          let scale = scales.bytes.loadUnaligned(fromByteOffset: group * width, as: Number.self)
            .single
          let bias = biases.bytes.loadUnaligned(fromByteOffset: group * width, as: Number.self)
            .single
          // Eight codes are `bits` whole bytes.
          for eight in 0..<groupSize / 8 {
            let start = (group * groupSize / 8 + eight) * bits
            var word: UInt64 = 0
            for byte in 0..<bits { word |= UInt64(codes[start + byte]) << (8 * byte) }
            let first = (group * groupSize + 8 * eight) * width
            for index in 0..<8 {
              let code = Float((word >> (bits * index)) & (1 << bits - 1))
              let product = Number(rounding: code * scale).single
              output.storeBytes(
                of: Number(rounding: product + bias), toByteOffset: first + index * width,
                as: Number.self)
            }
          }
        }
      }
      count = byteCount
    }
  }
}

/// A type that a float32 is rounded to.
private protocol RoundedNumber: BitwiseCopyable {
  init(rounding value: Float)
  var single: Float { get }
}

extension Float: RoundedNumber {
  init(rounding value: Float) { self = value }
  var single: Float { self }
}

extension Float16: RoundedNumber {
  init(rounding value: Float) { self.init(value) }
  var single: Float { Float(self) }
}

extension BFloat16: RoundedNumber {
  init(rounding value: Float) { self.init(value) }
  var single: Float { Float(self) }
}
