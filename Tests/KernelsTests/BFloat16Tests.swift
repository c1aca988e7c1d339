import Kernels
import Testing

@Suite struct BFloat16Tests {
  private static let special: [Float] = [
    0, -0.0, 1, -1, .infinity, -.infinity, .leastNonzeroMagnitude, -1e-39,
    .leastNormalMagnitude, .greatestFiniteMagnitude, 3.3895314e38, 3.4e38,
    // Ties: to the even one, down and up.
    Float(bitPattern: 0x3F80_8000), Float(bitPattern: 0x3F81_8000),
    Float(bitPattern: 0x3F80_8001), Float(bitPattern: 0x3F80_7FFF),
  ]

  /// The vector instruction, the plain way and the definition agree on every number.
  @Test func vectorsRoundAsSingleNumbersDo() {
    var values = Self.special
    for index in 0..<4_099 {
      let word = RandomKernel.words(seed: 1, stream: 2, index: UInt64(index)).x
      let value = Float(bitPattern: word)
      values.append(value.isNaN ? 0 : value)
    }
    let (x, y) = (Buffer(values), Buffer(uninitializedCount: values.count, of: .bfloat16))
    Conversion.run(x, into: y)
    for (index, value) in values.enumerated() {
      #expect(y.bfloat16Pointer[index] == BFloat16(value), "\(value)")
    }
  }

  @Test func whatIsNoNumberStaysNone() {
    let payload = Float(bitPattern: 0x7F80_0001)
    let x = Buffer([Float](repeating: payload, count: 17) + [.nan, -Float.nan])
    let y = Buffer(uninitializedCount: x.count, of: .bfloat16)
    Conversion.run(x, into: y)
    for index in 0..<x.count { #expect(Float(y.bfloat16Pointer[index]).isNaN) }
    #expect(Float(BFloat16(payload)).isNaN)
  }

  /// The nearest of all bfloat16 numbers, found by looking at the neighbours.
  @Test func roundingIsToTheNearest() {
    for index in 0..<2_000 {
      let value = Float(RandomKernel.uniform(seed: 3, stream: 0, index: UInt64(index))) - 0.5
      let rounded = BFloat16(value)
      let error = abs(Float(rounded) - value)
      for neighbour in [rounded.bits &- 1, rounded.bits &+ 1] {
        #expect(error <= abs(Float(BFloat16(bits: neighbour)) - value))
      }
    }
  }

  @Test func wideningIsExact() {
    for pattern in UInt16.min...UInt16.max {
      let number = BFloat16(bits: pattern)
      let value = Float(number)
      guard !value.isNaN, value == 0 || abs(value) >= .leastNormalMagnitude else { continue }
      #expect(BFloat16(value) == number)
    }
  }
}
