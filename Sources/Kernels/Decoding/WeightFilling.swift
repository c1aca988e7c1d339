// How rows come into a weight matrix, and out of it again.
extension WeightMatrix {
  /// Lays out rows from `row` on: whole rows of `inputs` numbers in any format, rounded to this
  /// matrix's where it is another, and to the bit where it is the same. Spread over the pool.
  public func fill(from row: Int, with part: WeightPart) {
    precondition(
      inputs > 0 && part.elementCount % inputs == 0,
      "\(part.elementCount) numbers in rows of \(inputs)")
    let rows = row..<row + part.elementCount / inputs
    precondition(row >= 0 && rows.upperBound <= outputs, "rows \(rows) of \(outputs)")
    guard !rows.isEmpty else { return }
    let firstGroup = row / 16
    ThreadPool.shared.forEach((rows.upperBound + 15) / 16 - firstGroup) { [self] index in
      let group = firstGroup + index
      let covered = rows.clamped(to: 16 * group..<16 * group + 16)
      let start = covered.lowerBound - row
      fill(covered, with: part.part(start * inputs..<(start + covered.count) * inputs))
    }
  }

  /// Lays out rows of one group, on the calling thread.
  private func fill(_ rows: Range<Int>, with part: WeightPart) {
    guard part.format != format else { return lay(rows, from: part.bytes) }
    guard let byteCount = format.byteCount(of: part.elementCount) else { return }
    // In a buffer, not on the stack: sixteen rows may be a mebibyte.
    let encoded = Buffer(uninitializedCount: byteCount, of: .uint8)
    let bytes = UnsafeMutableRawBufferPointer(start: encoded.address, count: byteCount)
    WeightCodec.encode(part, as: format, into: bytes)
    lay(rows, from: UnsafeRawBufferPointer(bytes))
    withExtendedLifetime(encoded) {}
  }

  /// Lays out rows of one group that have this format already.
  private func lay(_ rows: Range<Int>, from bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    let (group, rowByteCount) = (group(rows.lowerBound / 16), bytes.count / rows.count)
    switch MatrixLayout(format) {
    case .rows:
      (group + rows.lowerBound % 16 * rowByteCount).copyMemory(
        from: source, byteCount: bytes.count)
    case .pairs: layPairs(rows, group, from: source)
    case .blocks:
      let layout = BlockLayout(format, inputs: inputs)
      if rows.count == 16 { return layout.fill(group, from: source) }
      for (index, row) in rows.enumerated() {
        layout.fill(group, lane: row % 16, from: source + index * rowByteCount)
      }
    }
  }

  private func layPairs(
    _ rows: Range<Int>, _ group: UnsafeMutableRawPointer, from source: UnsafeRawPointer
  ) {
    if rows.count == 16, Int(bitPattern: source) % 2 == 0 {
      PairedProduct.packGroups(
        transposed: source.assumingMemoryBound(to: BFloat16.self), stride: inputs, inner: inputs,
        columns: 16, into: group.assumingMemoryBound(to: UInt16.self))
      return
    }
    for (index, row) in rows.enumerated() {
      let numbers = source + 2 * index * inputs
      for input in 0..<2 * PairedProduct.pairCount(inputs) {
        let bits =
          input < inputs ? numbers.loadUnaligned(fromByteOffset: 2 * input, as: UInt16.self) : 0
        group.storeBytes(of: bits, toByteOffset: pairOffset(row, input), as: UInt16.self)
      }
    }
  }

  /// Where a bf16 number lies in its group.
  private func pairOffset(_ row: Int, _ input: Int) -> Int {
    (input &>> 1) &* 64 &+ (row & 15) &* 4 &+ (input & 1) &* 2
  }

  /// Writes one row as float32, such as a token's embedding, on the calling thread; nothing is allocated.
  package func decodeRow(_ row: Int, into target: UnsafeMutablePointer<Float>) {
    precondition(row >= 0 && row < outputs, "row \(row) of \(outputs)")
    let group = group(row / 16)
    switch MatrixLayout(format) {
    case .rows:
      UnsafeMutableRawPointer(target).copyMemory(
        from: group + row % 16 * 4 * inputs, byteCount: 4 * inputs)
    case .pairs:
      for input in 0..<inputs {
        let bits = group.load(fromByteOffset: pairOffset(row, input), as: UInt16.self)
        target[input] = Float(BFloat16(bits: bits))
      }
    case .blocks:
      // A block at a time, which has room on the stack.
      let layout = BlockLayout(format, inputs: inputs)
      withUnsafeTemporaryAllocation(byteCount: format.blockByteCount, alignment: 2) { bytes in
        guard let start = bytes.baseAddress else { return }
        for block in 0..<inputs / 32 {
          layout.read(group, lane: row % 16, block: block, into: start)
          WeightCodec.decode(
            WeightPart(format: format, elementCount: 32, bytes: UnsafeRawBufferPointer(bytes)),
            into: target + 32 * block)
        }
      }
    }
  }
}
