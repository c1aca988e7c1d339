import Kernels
import Testing

@Suite struct ActivationRowsTests {
  private static let formats: [WeightFormat] = [
    .float32, .bfloat16, .eightBitBlocks, .fourBitBlocks,
  ]

  private func matrix(_ format: WeightFormat, outputs: Int, inputs: Int) -> WeightMatrix {
    var random = Repeatable(state: 21)
    let bytes = PlainCodec.encoded(random.numbers(outputs * inputs), .float32)
    let matrix = WeightMatrix(outputs: outputs, inputs: inputs, format: format)
    withPart(bytes, .float32, outputs * inputs) { matrix.fill(from: 0, with: $0) }
    return matrix
  }

  private func product(_ matrix: WeightMatrix, _ rows: ActivationRows) -> [Float] {
    var y = [Float](repeating: 0, count: rows.count * matrix.outputs)
    matrix.multiply(
      by: rows, outputs: 0..<matrix.outputs, into: &y, stride: matrix.outputs,
      accumulating: false)
    return y
  }

  /// One room serves rows of any width and format in turn, and forgets what it held.
  @Test(arguments: formats)
  func servesAgain(format: WeightFormat) {
    var random = Repeatable(state: 8)
    let shared = ActivationRows(rowCapacity: 4, inputCapacity: 320)
    for (inputs, count) in [(320, 4), (96, 2), (32, 4), (160, 1)] {
      for other in Self.formats + [format] {
        let x = random.numbers(count * inputs)
        let matrix = matrix(other, outputs: 24, inputs: inputs)
        let fresh = ActivationRows(rowCapacity: count, inputCapacity: inputs)
        fresh.prepare(x, count: count, inputs: inputs, for: other)
        shared.prepare(x, count: count, inputs: inputs, for: other)
        #expect(product(matrix, shared) == product(matrix, fresh))
      }
    }
  }

  /// What is infinite or not a number reaches every output of its row, and no other row.
  @Test(arguments: formats, [Float.nan, .infinity, -.infinity])
  func lostNumbersShow(format: WeightFormat, number: Float) {
    var random = Repeatable(state: 8)
    var x = random.numbers(3 * 96)
    x[96 + 50] = number
    let rows = ActivationRows(rowCapacity: 3, inputCapacity: 96)
    rows.prepare(x, count: 3, inputs: 96, for: format)
    let y = product(matrix(format, outputs: 40, inputs: 96), rows)
    #expect(y[0..<40].allSatisfy(\.isFinite) && y[80..<120].allSatisfy(\.isFinite))
    #expect(y[40..<80].allSatisfy { !$0.isFinite })
  }

  @Test(arguments: formats)
  func zerosGiveZeros(format: WeightFormat) {
    let rows = ActivationRows(rowCapacity: 1, inputCapacity: 96)
    rows.prepare([Float](repeating: 0, count: 96), count: 1, inputs: 96, for: format)
    #expect(product(matrix(format, outputs: 40, inputs: 96), rows).allSatisfy { $0 == 0 })
  }
}
