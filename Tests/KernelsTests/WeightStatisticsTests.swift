import Kernels
import Testing

@Suite struct WeightStatisticsTests {
  private func statistics(_ numbers: [Float]) -> WeightStatistics {
    numbers.withUnsafeBytes {
      var result = WeightStatistics()
      result.add(WeightPart(format: .float32, elementCount: numbers.count, bytes: $0))
      return result
    }
  }

  @Test func theNumbersAreCounted() {
    let found = statistics([3, -4, 0, .nan, .infinity, -.infinity])
    #expect(found.count == 6 && found.norm == 5)
    #expect(found.minimum == -4 && found.maximum == 3)
    #expect(found.nanCount == 1 && found.infinityCount == 2 && found.zeroCount == 1)
    #expect(!found.isFinite)
    #expect(statistics([]).norm == 0 && statistics([]).minimum == .infinity)
  }

  /// Several pieces, the last of them short; every format.
  @Test(arguments: WeightFormat.writable)
  func piecesAreJoined(format: WeightFormat) {
    // Numbers that every format holds exactly, or blocks as whole multiples of their scale.
    let numbers = (0..<(3 << 16) + 64).map { Float($0 % 8) - 8 }
    let encoded = numbers.withUnsafeBytes {
      WeightCodec.encoded(
        WeightPart(format: .float32, elementCount: numbers.count, bytes: $0), as: format)
    }
    encoded.withUnsafeBytes { bytes in
      let part = WeightPart(format: format, elementCount: numbers.count, bytes: bytes)
      var found = WeightStatistics()
      found.add(part)
      let decoded = WeightCodec.decoded(part)
      let sum = (0..<decoded.count).reduce(0.0) {
        $0 + Double(decoded.pointer[$1]) * Double(decoded.pointer[$1])
      }
      #expect(found.count == numbers.count)
      #expect(abs(found.sumOfSquares - sum) <= 1e-9 * sum)
      // The scale of eight-bit blocks, 8/127, is rounded to float16: 2⁻¹¹ of it.
      #expect(abs(found.minimum + 8) <= 0.004 && found.maximum < 0 && found.isFinite)
    }
  }
}
