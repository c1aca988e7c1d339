import Kernels
import Testing

@Suite struct WeightCodecTests {
  private func decoded(_ bytes: [UInt8], _ format: WeightFormat, _ count: Int) -> [UInt32] {
    withPart(bytes, format, count) { part in
      let buffer = WeightCodec.decoded(part)
      return (0..<count).map { buffer.pointer[$0].bitPattern }
    }
  }

  /// Every pattern of sixteen bits.
  @Test(arguments: [WeightFormat.float16, .bfloat16])
  func everyHalf(format: WeightFormat) {
    let bytes = (0...UInt16.max).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let expected = PlainCodec.decoded(bytes, format, 65_536).map(\.bitPattern)
    #expect(decoded(bytes, format, 65_536) == expected)
  }

  /// Every scale, and every code under it that there is.
  @Test(arguments: [WeightFormat.eightBitBlocks, .fourBitBlocks])
  func everyScale(format: WeightFormat) {
    var (random, bytes) = (Repeatable(state: 5), [UInt8]())
    for scale in 0...UInt16.max {
      bytes += [UInt8(truncatingIfNeeded: scale), UInt8(scale >> 8)]
      bytes += (2..<format.blockByteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
    let count = 32 * 65_536
    let expected = PlainCodec.decoded(bytes, format, count).map(\.bitPattern)
    #expect(decoded(bytes, format, count) == expected)
  }

  /// Numbers that try the edges of a format, among others that do not.
  private func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var random = Repeatable(state: seed)
    let edges: [Float] = [
      0, -0.0, .infinity, -.infinity, .nan, -.nan, .leastNonzeroMagnitude,
      -.leastNonzeroMagnitude, .leastNormalMagnitude / 64, .leastNormalMagnitude,
      .greatestFiniteMagnitude, 65_504, 65_520, -65_519, 6e-8, 3e-8, -6.1e-5, 0.5, -0.5, 1, -1,
      2.5, 127, -127, 126.5, 63.5, 8, -8, 7.5, 0.49999997,
    ]
    return (0..<count).map { index in
      switch index / 32 % 8 {
      // Whole numbers up to 127 of a block that has 127 fall between codes when halved.
      case 0: Float(Int.random(in: -254...254, using: &random)) / 2
      case 1: edges.randomElement(using: &random) ?? 0
      case 2: index % 32 == 7 ? edges.randomElement(using: &random) ?? 0 : Float(index % 7) - 3
      case 3: 0
      case 4: Float.random(in: -1e-38...1e-38, using: &random)
      case 5: Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random))
      // Ties of the largest magnitude, of either sign first.
      case 6: (index * 7 + index / 256) % 3 == 0 ? -2 : index % 5 == 0 ? 2 : 0.25
      default: Float.random(in: -3...3, using: &random)
      }
    }
  }

  @Test(arguments: WeightFormat.writable, [1, 2, 3])
  func encodes(format: WeightFormat, seed: UInt64) {
    let numbers = numbers(32 * 4_000, seed: seed)
    let expected = PlainCodec.encoded(numbers, format)
    let floats = PlainCodec.encoded(numbers, .float32)
    let result = withPart(floats, .float32, numbers.count) { WeightCodec.encoded($0, as: format) }
    #expect(result == expected)
  }

  /// Each format to each, by way of float32, and the same one byte for byte.
  @Test(arguments: WeightFormat.writable, WeightFormat.writable)
  func convertsBetween(from: WeightFormat, to: WeightFormat) {
    var random = Repeatable(state: 9)
    let bytes = PlainCodec.encoded(random.numbers(32 * 300), from)
    let expected =
      from == to ? bytes : PlainCodec.encoded(PlainCodec.decoded(bytes, from, 9_600), to)
    #expect(withPart(bytes, from, 9_600) { WeightCodec.encoded($0, as: to) } == expected)
  }

  /// Any length, and any alignment.
  @Test(arguments: [WeightFormat.float32, .float16, .bfloat16], [1, 15, 16, 17, 40, 65_551])
  func lengths(format: WeightFormat, count: Int) {
    var random = Repeatable(state: UInt64(count))
    let numbers = random.numbers(count)
    let bytes = PlainCodec.encoded(numbers, format)
    for shift in 0..<3 {
      let shifted = [UInt8](repeating: 0xFF, count: shift) + bytes
      let result = shifted.withUnsafeBytes { raw in
        let part = WeightPart(
          format: format, elementCount: count,
          bytes: UnsafeRawBufferPointer(rebasing: raw[shift...]))
        let buffer = WeightCodec.decoded(part)
        return (0..<count).map { buffer.pointer[$0].bitPattern }
      }
      #expect(result == PlainCodec.decoded(bytes, format, count).map(\.bitPattern))
    }
    let floats = PlainCodec.encoded(numbers, .float32)
    #expect(withPart(floats, .float32, count) { WeightCodec.encoded($0, as: format) } == bytes)
  }

  @Test(arguments: [WeightFormat.eightBitBlocks, .fourBitBlocks])
  func blocksOfAnyAlignment(format: WeightFormat) {
    var random = Repeatable(state: 3)
    let bytes = PlainCodec.encoded(random.numbers(96), format)
    let shifted = [0xFF] + bytes
    let result = shifted.withUnsafeBytes { raw in
      let part = WeightPart(
        format: format, elementCount: 96, bytes: UnsafeRawBufferPointer(rebasing: raw[1...]))
      let buffer = WeightCodec.decoded(part)
      return (0..<96).map { buffer.pointer[$0].bitPattern }
    }
    #expect(result == PlainCodec.decoded(bytes, format, 96).map(\.bitPattern))
  }
}
