import Kernels

/// A small generator, so that failures repeat.
struct Repeatable: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ (state >> 29)) &* 0x9E37_79B9_7F4A_7C15
  }

  mutating func numbers(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float.random(in: -1...1, using: &self) }
  }
}

/// The codec's definition, number by number, as ggml's reference code has it.
enum PlainCodec {
  static func decoded(_ bytes: [UInt8], _ format: WeightFormat, _ count: Int) -> [Float] {
    func half(_ index: Int) -> UInt16 { UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8 }
    func float16(_ index: Int) -> Float { Float(Float16(bitPattern: half(index))) }
    return (0..<count).map { index in
      let (block, place) = (index / 32, index % 32)
      switch format {
      case .float32:
        return Float(
          bitPattern: UInt32(half(4 * index)) | UInt32(half(4 * index + 2)) << 16)
      case .float16: return float16(2 * index)
      case .bfloat16: return Float(bitPattern: UInt32(half(2 * index)) << 16)
      case .eightBitBlocks:
        return float16(34 * block) * Float(Int8(bitPattern: bytes[34 * block + 2 + place]))
      case .fourBitBlocks:
        let byte = bytes[18 * block + 2 + place % 16]
        return float16(18 * block) * (Float(place < 16 ? byte & 15 : byte >> 4) - 8)
      default: return .nan  // Formats that are only read have tests of their own.
      }
    }
  }

  static func encoded(_ numbers: [Float], _ format: WeightFormat) -> [UInt8] {
    switch format {
    case .float32: numbers.flatMap { bytes($0.bitPattern) }
    case .float16: numbers.flatMap { bytes(Float16($0).bitPattern) }
    case .bfloat16: numbers.flatMap { bytes(BFloat16($0).bits) }
    case .eightBitBlocks: blocks(numbers).flatMap(eightBits)
    case .fourBitBlocks: blocks(numbers).flatMap(fourBits)
    default: []
    }
  }

  private static func bytes<I: FixedWidthInteger>(_ value: I) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func blocks(_ numbers: [Float]) -> [[Float]] {
    stride(from: 0, to: numbers.count, by: 32).map { Array(numbers[$0..<$0 + 32]) }
  }

  private static func eightBits(_ block: [Float]) -> [UInt8] {
    var largest: Float = 0
    for number in block where abs(number) > largest { largest = abs(number) }
    let scale = largest / 127
    let inverse = scale == 0 ? 0 : 1 / scale
    return bytes(Float16(scale).bitPattern)
      + block.map { number in
        let code = (number * inverse).rounded(.toNearestOrAwayFromZero)
        return UInt8(bitPattern: code.isNaN ? 127 : Int8(max(-127, min(127, code))))
      }
  }

  private static func fourBits(_ block: [Float]) -> [UInt8] {
    var extreme: Float = 0
    for number in block where abs(number) > abs(extreme) { extreme = number }
    let scale = extreme / -8
    let inverse = scale == 0 ? 0 : 1 / scale
    func code(_ number: Float) -> UInt8 {
      let shifted = number * inverse + 8.5
      return shifted.isNaN ? 15 : UInt8(max(0, min(15, shifted)))
    }
    return bytes(Float16(scale).bitPattern)
      + (0..<16).map { code(block[$0]) | code(block[$0 + 16]) << 4 }
  }
}

/// Bytes as a part of a weight.
func withPart<R>(
  _ bytes: [UInt8], _ format: WeightFormat, _ count: Int, _ body: (WeightPart) -> R
) -> R {
  bytes.withUnsafeBytes {
    body(WeightPart(format: format, elementCount: count, bytes: $0))
  }
}
