/// A projection's weight [O, I] in one format, laid out once for reading: by products of a few rows,
/// which are bound by the bytes read, and of many rows, which are bound by arithmetic.
///
/// O outputs, I inputs; I is a multiple of the format's block.
public final class WeightMatrix: @unchecked Sendable {
  // Unchecked: rows are filled by one owner before any product reads them.

  public let outputs: Int
  public let inputs: Int
  /// What the numbers are kept as: f32, bf16, q8_0 or q4_0.
  public let format: WeightFormat
  /// Row after row, as in a file.
  private let rows: Buffer
  private let rowByteCount: Int

  /// Room for a weight whose rows `fill` will bring.
  public init(outputs: Int, inputs: Int, format: WeightFormat) {
    guard let rowByteCount = format.byteCount(of: inputs) else {
      preconditionFailure("\(inputs) inputs are no whole blocks of \(format.rawValue)")
    }
    self.outputs = outputs
    self.inputs = inputs
    self.format = format
    self.rowByteCount = rowByteCount
    rows = Buffer(uninitializedCount: outputs * rowByteCount, of: .uint8)
  }

  /// The bytes that a product reads of it.
  public var byteCount: Int { outputs * rowByteCount }

  /// Lays out rows from `row` on: whole rows of `inputs` numbers in any format, rounded to this
  /// matrix's where it is another.
  public func fill(from row: Int, with part: WeightPart) {
    precondition(
      part.elementCount % inputs == 0, "\(part.elementCount) numbers in rows of \(inputs)")
    precondition(row + part.elementCount / inputs <= outputs, "rows beyond \(outputs)")
    let bytes = WeightCodec.encoded(part, as: format)
    (rows.bytePointer + row * rowByteCount).update(from: bytes, count: bytes.count)
  }

  /// Writes one row as float32: a token's embedding.
  func decodeRow(_ row: Int, into target: UnsafeMutablePointer<Float>) {
    WeightCodec.decode(part(rows: row..<row + 1), into: target)
  }

  /// y [M, O] ← x · weightᵀ + (accumulating ? y : 0) for some of the outputs, on the calling thread.
  ///
  /// An output's bits depend on its row of x alone, and not on how many rows there are. `outputs`
  /// begins at a multiple of 16.
  func multiply(
    by x: ActivationRows, outputs: Range<Int>, into y: UnsafeMutablePointer<Float>, stride: Int,
    accumulating: Bool
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: inputs) { line in
      guard let line = line.baseAddress else { return }
      for output in outputs {
        decodeRow(output, into: line)
        for row in 0..<x.count {
          let sum = VectorLoop.sum(line, x.numbers + row * inputs, inputs) { total, a, b in
            multiplyAdd(a, b, total)
          }
          y[row * stride + output] = sum + (accumulating ? y[row * stride + output] : 0)
        }
      }
    }
  }

  /// y [rows, O] ← x · weightᵀ + (accumulating ? y : 0) for many rows, spread over the pool.
  ///
  /// x and y are float32 where the format is f32. For the other formats x is bfloat16, and y that or
  /// float32.
  public func multiply(by x: Buffer, rows: Int, into y: Buffer, accumulating: Bool = false) {
    let weight = WeightCodec.decoded(part(rows: 0..<outputs))
    guard format != .float32 else {
      MatrixMultiply.run(
        .asStored(x), .transposed(weight), into: y, rows: rows, columns: outputs, inner: inputs,
        accumulating: accumulating)
      return
    }
    PreparedWeight(weight, outputs: outputs, inputs: inputs)
      .multiply(by: x, rows: rows, into: y, accumulating: accumulating)
  }

  private func part(rows range: Range<Int>) -> WeightPart {
    WeightPart(
      format: format, elementCount: range.count * inputs,
      bytes: UnsafeRawBufferPointer(
        start: rows.address + range.lowerBound * rowByteCount,
        count: range.count * rowByteCount))
  }
}

/// A few rows [M, I] of float32 activations, as products by a ``WeightMatrix`` take them.
final class ActivationRows {
  /// The rows as they were given.
  private(set) var numbers: UnsafePointer<Float>
  private(set) var count = 0
  private let memory: Buffer

  /// Memory for so many rows of so many inputs.
  init(rows: Int, inputs: Int) {
    memory = Buffer(uninitializedCount: rows * inputs)
    numbers = UnsafePointer(memory.pointer)
  }

  /// Prepares rows [count, inputs] for products by matrices of a format; the numbers must stay where
  /// they are.
  func prepare(
    _ numbers: UnsafePointer<Float>, count: Int, inputs: Int, for format: WeightFormat
  ) {
    self.numbers = numbers
    self.count = count
  }
}
