import Kernels
import Testing

/// What a matrix keeps weights as.
private let formats: [WeightFormat] = [.float32, .bfloat16, .eightBitBlocks, .fourBitBlocks]
private let blockFormats: [WeightFormat] = [.eightBitBlocks, .fourBitBlocks]

/// A matrix filled with random numbers, and rows to multiply by.
private struct Sample {
  let outputs: Int
  let inputs: Int
  let format: WeightFormat
  let matrix: WeightMatrix
  /// The matrix's numbers, as it has rounded them.
  let weights: [Float]
  let x: [Float]

  init(_ outputs: Int, _ inputs: Int, _ format: WeightFormat, rows: Int = 9) {
    var random = Repeatable(state: UInt64(outputs * 8_191 + inputs))
    (self.outputs, self.inputs, self.format) = (outputs, inputs, format)
    let bytes = PlainCodec.encoded(random.numbers(outputs * inputs), format)
    weights = PlainCodec.decoded(bytes, format, outputs * inputs)
    matrix = WeightMatrix(outputs: outputs, inputs: inputs, format: format)
    withPart(bytes, format, outputs * inputs) { [matrix] in matrix.fill(from: 0, with: $0) }
    x = random.numbers(rows * inputs)
  }

  /// The first rows of x by some outputs; other outputs stay −7.
  func product(
    rows: Range<Int>, outputs range: Range<Int>? = nil, accumulatingOnto before: [Float]? = nil,
    using instructions: PairedProduct.Instructions = .fastest
  ) -> [Float] {
    let prepared = ActivationRows(rowCapacity: rows.count, inputCapacity: inputs)
    x.withUnsafeBufferPointer { x in
      guard let start = x.baseAddress else { return }
      prepared.prepare(
        start + rows.lowerBound * inputs, count: rows.count, inputs: inputs, for: format)
    }
    var y = before ?? [Float](repeating: -7, count: rows.count * outputs)
    y.withUnsafeMutableBufferPointer { y in
      guard let start = y.baseAddress else { return }
      matrix.multiply(
        by: prepared, outputs: range ?? 0..<outputs, into: start, stride: outputs,
        accumulating: before != nil, using: instructions)
    }
    return y
  }

  /// The activations as the format's products take them, one by one.
  func rounded(_ row: Int) -> [Double] {
    let numbers = x[row * inputs..<(row + 1) * inputs]
    switch format {
    case .float32: return numbers.map(Double.init)
    case .bfloat16, .float16: return numbers.map { Double(Float(BFloat16($0))) }
    default:
      return stride(from: 0, to: inputs, by: 32).flatMap { start in
        let block = numbers.dropFirst(start).prefix(32)
        let scale = (block.map { abs($0) }.max() ?? 0) / 127
        return block.map { Double(($0 * (1 / scale)).rounded(.toNearestOrEven)) * Double(scale) }
      }
    }
  }

  /// The exact product of the rounded factors, and the sum of magnitudes that bounds its error.
  func exact(_ row: [Double], _ output: Int) -> (sum: Double, bound: Double) {
    var (sum, bound) = (0.0, 0.0)
    for index in 0..<inputs {
      let product = row[index] * Double(weights[output * inputs + index])
      sum += product
      bound += abs(product)
    }
    return (sum, bound)
  }

  /// The outputs that are further from the exact product than float32 sums may be: each addition and
  /// the rounding of scales costs at most 2⁻²⁴ of the sum of magnitudes.
  func errors(in result: [Float], rows: Int) -> Int {
    let additions =
      switch format {
      case .float32: inputs / 64 + 8
      case .bfloat16, .float16: inputs + 1
      default: inputs / 32 + 2
      }
    var count = 0
    for row in 0..<rows {
      let numbers = rounded(row)
      for output in 0..<outputs {
        let (sum, bound) = exact(numbers, output)
        let tolerance = Double(additions) * bound * 0x1p-24 + 1e-30
        if !(abs(Double(result[row * outputs + output]) - sum) <= tolerance) { count += 1 }
      }
    }
    return count
  }
}

private let sizes: [(Int, Int)] = [
  (1, 32), (16, 64), (17, 96), (33, 160), (64, 256), (50, 1_280), (130, 32), (80, 2_624),
]
private let oddSizes: [(Int, Int)] = [(1, 1), (5, 7), (17, 33), (100, 257), (64, 1_023)]

private func allSizes(_ format: WeightFormat) -> [(Int, Int)] {
  format.blockLength == 1 ? sizes + oddSizes : sizes
}

@Suite struct WeightMatrixTests {
  @Test(arguments: formats)
  func product(format: WeightFormat) {
    for (outputs, inputs) in allSizes(format) {
      let sample = Sample(outputs, inputs, format)
      #expect(
        sample.errors(in: sample.product(rows: 0..<9), rows: 9) == 0, "\(outputs) × \(inputs)")
      #expect(
        sample.errors(in: sample.product(rows: 0..<9, using: .portable), rows: 9) == 0,
        "\(outputs) × \(inputs)")
    }
  }

  /// Whole sums are exact, so the processor's instructions and plain arithmetic agree to the bit.
  @Test(arguments: blockFormats)
  func portableInstructionsAgree(format: WeightFormat) {
    for (outputs, inputs) in sizes {
      let sample = Sample(outputs, inputs, format)
      #expect(
        sample.product(rows: 0..<9, using: .portable) == sample.product(rows: 0..<9),
        "\(outputs) × \(inputs)")
    }
  }

  /// Speculative decoding relies on it.
  @Test(arguments: formats)
  func bitsDoNotDependOnTheNumberOfRows(format: WeightFormat) {
    for (outputs, inputs) in allSizes(format) {
      let sample = Sample(outputs, inputs, format)
      let whole = sample.product(rows: 0..<9)
      for count in 1...9 {
        for first in [0, 9 - count] {
          let part = sample.product(rows: first..<first + count)
          let expected = whole[first * outputs..<(first + count) * outputs]
          #expect(part == Array(expected), "\(outputs) × \(inputs), \(count) rows from \(first)")
        }
      }
    }
  }

  @Test(arguments: formats)
  func bitsDoNotDependOnTheRange(format: WeightFormat) {
    let sample = Sample(167, 96, format)
    for rows in [1, 3, 8] {
      let whole = sample.product(rows: 0..<rows)
      for range in [0..<16, 16..<48, 32..<33, 0..<0, 96..<167, 48..<160, 160..<167] {
        let part = sample.product(rows: 0..<rows, outputs: range)
        let isRight = part.indices.allSatisfy {
          part[$0] == (range.contains($0 % 167) ? whole[$0] : -7)
        }
        #expect(isRight, "\(range)")
      }
    }
  }

  @Test(arguments: formats)
  func accumulates(format: WeightFormat) {
    for (outputs, inputs) in allSizes(format) {
      let sample = Sample(outputs, inputs, format)
      let before = (0..<9 * outputs).map { Float($0 % 13) - 6 }
      let expected = zip(before, sample.product(rows: 0..<9)).map { $0 + $1 }
      #expect(sample.product(rows: 0..<9, accumulatingOnto: before) == expected)
    }
  }

  @Test func pairsAreThoseOfThePairedProduct() {
    for (outputs, inputs) in sizes + oddSizes {
      let sample = Sample(outputs, inputs, .bfloat16)
      let c = pairedProduct(
        sample.x.map(BFloat16.init), sample.weights.map(BFloat16.init),
        ProductSize(rows: 9, columns: outputs, inner: inputs))
      #expect(sample.product(rows: 0..<9) == c, "\(outputs) × \(inputs)")
    }
  }

  private func pairedProduct(
    _ x: UnsafePointer<BFloat16>, _ weights: UnsafePointer<BFloat16>, _ size: ProductSize
  ) -> [Float] {
    var c = [Float](repeating: 0, count: size.rows * size.columns)
    var scratch = [UInt16](
      repeating: 0, count: PairedProduct.scratchCount(size, transposesA: false, packsB: true))
    c.withUnsafeMutableBufferPointer { c in
      scratch.withUnsafeMutableBufferPointer { scratch in
        guard let c = c.baseAddress, let scratch = scratch.baseAddress else { return }
        PairedProduct.run(
          Operand(x, stride: size.inner),
          Operand(weights, stride: size.inner, isTransposed: true),
          into: PairedProduct.Target(c, stride: size.columns, isAccumulating: false), size,
          scratch: scratch)
      }
    }
    return c
  }

  @Test(arguments: formats)
  func decodesRows(format: WeightFormat) {
    for (outputs, inputs) in allSizes(format) {
      let sample = Sample(outputs, inputs, format)
      for row in 0..<outputs {
        var numbers = [Float](repeating: .nan, count: inputs)
        sample.matrix.decodeRow(row, into: &numbers)
        #expect(numbers == Array(sample.weights[row * inputs..<(row + 1) * inputs]))
      }
    }
  }

  /// Rows may come in any pieces, in any format, at any address.
  @Test(arguments: formats, WeightFormat.writable)
  func fillsByPieces(format: WeightFormat, source: WeightFormat) {
    var random = Repeatable(state: 77)
    let (outputs, inputs) = (75, 160)
    let bytes = PlainCodec.encoded(random.numbers(outputs * inputs), source)
    let expected = PlainCodec.decoded(
      source == format
        ? bytes
        : PlainCodec.encoded(PlainCodec.decoded(bytes, source, outputs * inputs), format),
      format, outputs * inputs)
    for pieces in [[0, 75], [0, 1, 16, 17, 40, 75], [0, 8, 24, 56, 75]] {
      for shift in [0, 1] {
        let matrix = WeightMatrix(outputs: outputs, inputs: inputs, format: format)
        let shifted = [UInt8](repeating: 0, count: shift) + bytes
        shifted.withUnsafeBytes { raw in
          let whole = WeightPart(
            format: source, elementCount: outputs * inputs,
            bytes: UnsafeRawBufferPointer(rebasing: raw[shift...]))
          for (start, end) in zip(pieces, pieces.dropFirst()) {
            matrix.fill(from: start, with: whole.part(start * inputs..<end * inputs))
          }
        }
        var numbers = [Float](repeating: 0, count: outputs * inputs)
        numbers.withUnsafeMutableBufferPointer { numbers in
          guard let start = numbers.baseAddress else { return }
          for row in 0..<outputs { matrix.decodeRow(row, into: start + row * inputs) }
        }
        #expect(numbers == expected, "\(pieces), \(shift)")
      }
    }
  }

  /// The same bytes come back, whatever they mean: scales that are no numbers, denormals, −128.
  @Test(arguments: [WeightFormat.bfloat16, .eightBitBlocks, .fourBitBlocks])
  func keepsBits(format: WeightFormat) {
    var random = Repeatable(state: 4)
    let (outputs, inputs) = (32, 96)
    let count = (format.byteCount(of: outputs * inputs) ?? 0)
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    let matrix = WeightMatrix(outputs: outputs, inputs: inputs, format: format)
    withPart(bytes, format, outputs * inputs) { matrix.fill(from: 0, with: $0) }
    let expected = PlainCodec.decoded(bytes, format, outputs * inputs).map(\.bitPattern)
    for row in 0..<outputs {
      var numbers = [Float](repeating: 0, count: inputs)
      matrix.decodeRow(row, into: &numbers)
      #expect(
        numbers.map(\.bitPattern) == Array(expected[row * inputs..<(row + 1) * inputs]))
    }
  }

  /// Many rows have the bits of a few, where they are not OpenBLAS's.
  @Test(arguments: [WeightFormat.bfloat16, .eightBitBlocks, .fourBitBlocks])
  func manyRowsAgree(format: WeightFormat) {
    for (outputs, inputs) in allSizes(format) + [(200, 5_120)] {
      let sample = Sample(outputs, inputs, format, rows: 41)
      let few = sample.product(rows: 0..<41)
      let x = Buffer(sample.x)
      let y = Buffer(uninitializedCount: 41 * outputs)
      sample.matrix.multiply(by: x, rows: 41, into: y)
      #expect((0..<41 * outputs).map { y.pointer[$0] } == few, "\(outputs) × \(inputs)")
      sample.matrix.multiply(by: x, rows: 41, into: y, accumulating: true)
      #expect((0..<41 * outputs).map { y.pointer[$0] } == few.map { $0 + $0 })
      let short = Buffer(uninitializedCount: 41 * outputs, of: .bfloat16)
      sample.matrix.multiply(by: x, rows: 41, into: short)
      #expect((0..<41 * outputs).map { short.bfloat16Pointer[$0] } == few.map(BFloat16.init))
    }
  }

  @Test(arguments: [WeightFormat.bfloat16, .eightBitBlocks, .fourBitBlocks])
  func manyShortRowsAgree(format: WeightFormat) {
    let (outputs, inputs) = (70, 192)
    let sample = Sample(outputs, inputs, format, rows: 300)
    let (wide, short) = (
      Buffer(sample.x.map { Float(BFloat16($0)) }),
      Buffer(uninitializedCount: 300 * inputs, of: .bfloat16)
    )
    Conversion.run(wide, into: short)
    let (a, b) = (
      Buffer(uninitializedCount: 300 * outputs), Buffer(uninitializedCount: 300 * outputs)
    )
    sample.matrix.multiply(by: wide, rows: 300, into: a)
    sample.matrix.multiply(by: short, rows: 300, into: b)
    #expect((0..<300 * outputs).allSatisfy { a.pointer[$0] == b.pointer[$0] })
  }

  @Test func manyRowsOfFloat32() {
    for (outputs, inputs) in sizes + oddSizes {
      let sample = Sample(outputs, inputs, .float32, rows: 20)
      let y = Buffer(uninitializedCount: 20 * outputs)
      sample.matrix.multiply(by: Buffer(sample.x), rows: 20, into: y)
      let result = (0..<20 * outputs).map { y.pointer[$0] }
      // OpenBLAS adds in an order of its own, over all inputs at most.
      let numbers = (0..<20).map(sample.rounded)
      for (index, value) in result.enumerated() {
        let (sum, bound) = sample.exact(numbers[index / outputs], index % outputs)
        #expect(abs(Double(value) - sum) <= Double(inputs + 1) * bound * 0x1p-24)
      }
    }
  }

  @Test func countsBytes() {
    #expect(WeightMatrix(outputs: 32, inputs: 64, format: .float32).byteCount == 8_192)
    #expect(WeightMatrix(outputs: 32, inputs: 64, format: .bfloat16).byteCount == 4_096)
    // As many as in a file.
    #expect(WeightMatrix(outputs: 32, inputs: 64, format: .eightBitBlocks).byteCount == 64 * 34)
    #expect(WeightMatrix(outputs: 32, inputs: 64, format: .fourBitBlocks).byteCount == 64 * 18)
  }
}
