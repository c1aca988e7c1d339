/// A projection's weight [O, I] in one format, laid out once for reading: by products of a few rows,
/// which are bound by the bytes read, and of many rows, which are bound by arithmetic.
///
/// O outputs, I inputs; I is a multiple of the format's block. There is one copy, whatever it is used
/// for: f32 row after row, bf16 as `PairedProduct` packs it, q8_0 and q4_0 as ``BlockLayout`` says.
public final class WeightMatrix: @unchecked Sendable {
  // Unchecked: rows are filled by one owner before any product reads them.

  public let outputs: Int
  public let inputs: Int
  /// What the numbers are kept as: f32, bf16, q8_0 or q4_0.
  public let format: WeightFormat
  let memory: Buffer
  /// The bytes of a group of 16 outputs.
  let groupByteCount: Int

  /// Room for a weight whose rows `fill` will bring.
  public init(outputs: Int, inputs: Int, format: WeightFormat) {
    precondition(
      inputs % format.blockLength == 0, "\(inputs) inputs are no whole blocks of \(format.rawValue)"
    )
    self.outputs = outputs
    self.inputs = inputs
    self.format = format
    groupByteCount =
      switch MatrixLayout(format) {
      case .rows: 64 * inputs
      case .pairs: 64 * PairedProduct.pairCount(inputs)
      case .blocks: BlockLayout(format, inputs: inputs).groupByteCount
      }
    let groups = (outputs + 15) / 16
    memory = Buffer(
      uninitializedCount: format == .float32 ? 4 * outputs * inputs : groups * groupByteCount,
      of: .uint8)
    clearFilling(groups)
  }

  /// Zeros where nothing will be filled in: the last group's empty outputs, and a last block's empty
  /// partner in each.
  private func clearFilling(_ groups: Int) {
    if format != .float32, outputs % 16 != 0 {
      group(groups - 1).initializeMemory(as: UInt8.self, repeating: 0, count: groupByteCount)
    }
    if format.blockLength > 1 {
      let layout = BlockLayout(format, inputs: inputs)
      for index in 0..<groups { layout.clearPartner(group(index)) }
    }
  }

  /// The bytes that a product reads of it.
  public var byteCount: Int { memory.count }

  /// y [M, O] ← x · weightᵀ + (accumulating ? y : 0) for some of the outputs, on the calling thread.
  ///
  /// An output's bits depend on its row of x alone, and not on how many rows there are. `outputs`
  /// begins at a multiple of 16. Nothing is allocated.
  package func multiply(
    by x: ActivationRows, outputs range: Range<Int>, into y: UnsafeMutablePointer<Float>,
    stride: Int, accumulating: Bool, using instructions: PairedProduct.Instructions = .fastest
  ) {
    precondition(
      x.inputs == inputs && x.format == format,
      "rows of \(x.inputs) for \(x.format.rawValue), a weight of \(inputs) in \(format.rawValue)")
    precondition(
      range.lowerBound % 16 == 0 && range.upperBound <= outputs, "outputs \(range) of \(outputs)")
    switch MatrixLayout(format) {
    case .rows:
      RowStream(weights: memory.address.assumingMemoryBound(to: Float.self), inputs: inputs).run(
        x, outputs: range, into: y, stride: stride, accumulating: accumulating)
    case .pairs:
      PairStream(start: group(0), groupStep: groupByteCount, instructions: instructions).run(
        x.address, rows: x.count, stride: x.stride, pairs: PairedProduct.pairCount(inputs),
        from: range.lowerBound,
        into: TileTarget(
          start: y + range.lowerBound, stride: stride, columns: range.count,
          isAccumulating: accumulating))
    case .blocks:
      blockProduct(instructions).run(
        x, rows: 0..<x.count, outputs: range, into: y, stride: stride, accumulating: accumulating)
    }
  }

  func blockProduct(_ instructions: PairedProduct.Instructions = .fastest) -> BlockProduct {
    BlockProduct(
      layout: BlockLayout(format, inputs: inputs), weights: group(0),
      instructions: instructions)
  }

  /// Where a group of 16 outputs begins.
  func group(_ index: Int) -> UnsafeMutableRawPointer { memory.address + index * groupByteCount }
}
