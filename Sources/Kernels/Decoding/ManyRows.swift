// Products of a weight matrix by many rows.
extension WeightMatrix {
  /// y [rows, O] ← x · weightᵀ + (accumulating ? y : 0) for many rows, spread over the pool.
  ///
  /// x and y are float32 where the format is f32. For the other formats each is bfloat16 or float32,
  /// and the outputs are those of a few rows to the bit, if y is float32: bf16 rounds x to bfloat16;
  /// q8_0 and q4_0 round it to blocks of eight bits (see ``ActivationRows``).
  public func multiply(by x: Buffer, rows: Int, into y: Buffer, accumulating: Bool = false) {
    precondition(
      x.count >= rows * inputs && y.count >= rows * outputs,
      "\(x.count) and \(y.count) elements for \(rows) rows of \(inputs) and \(outputs)")
    let size = ProductSize(rows: rows, columns: outputs, inner: inputs)
    switch MatrixLayout(format) {
    case .rows:
      let weight = Operand<Float>(
        memory.address.assumingMemoryBound(to: Float.self), stride: inputs, isTransposed: true)
      MatrixMultiply.run(
        Operand<Float>(x.elements(), stride: inputs), PreparedFactor(weight),
        into: y.elements(of: Float.self), stride: outputs, size, accumulating: accumulating)
    case .pairs: multiplyPairs(by: x, into: y, size, accumulating)
    case .blocks:
      let operations = 2 * Double(rows) * Double(outputs) * Double(inputs)
      KernelClock.measure("matrix products", floatingPointOperations: operations) {
        switch y.elementType {
        case .bfloat16: multiplyBlocks(by: x, rows, into: y, of: BFloat16.self, accumulating)
        default: multiplyBlocks(by: x, rows, into: y, of: Float.self, accumulating)
        }
      }
    }
  }

  private func multiplyPairs(
    by x: Buffer, into y: Buffer, _ size: ProductSize, _ accumulating: Bool
  ) {
    var rounded = x
    if x.elementType != .bfloat16 {
      rounded = Buffer(uninitializedCount: x.count, of: .bfloat16)
      Conversion.run(x, into: rounded)
    }
    let a = Operand<BFloat16>(rounded.elements(), stride: inputs)
    let factor = PreparedFactor<BFloat16>(
      .packed(group(0).assumingMemoryBound(to: UInt16.self), inner: inputs), .samara)
    switch y.elementType {
    case .bfloat16:
      MatrixMultiply.run(
        a, factor, into: y.elements(of: BFloat16.self), stride: outputs, size,
        accumulating: accumulating)
    default:
      MatrixMultiply.run(
        a, factor, into: y.elements(of: Float.self), stride: outputs, size,
        accumulating: accumulating)
    }
    withExtendedLifetime(rounded) {}
  }

  private func multiplyBlocks<C: StoredElement>(
    by x: Buffer, _ rows: Int, into y: Buffer, of _: C.Type, _ accumulating: Bool
  ) {
    let prepared = ActivationRows(rowCapacity: rows, inputCapacity: inputs)
    prepared.arrange(count: rows, inputs: inputs, for: format)
    ThreadPool.shared.forEachRange(rows, grain: 16) { range in
      switch x.elementType {
      case .bfloat16: prepared.fill(range, from: UnsafePointer(x.elements(of: BFloat16.self)))
      default: prepared.fill(range, from: UnsafePointer(x.elements(of: Float.self)))
      }
    }
    let product = blockProduct()
    let (target, stride) = (y.elements(of: C.self), outputs)
    let block = rowBlock(prepared.stride)
    let panels = (outputs + Self.panelLength - 1) / Self.panelLength
    ThreadPool.shared.forEach((rows + block - 1) / block * panels) { index in
      let (first, output) = (index / panels * block, index % panels * Self.panelLength)
      product.run(
        prepared, rows: first..<min(rows, first + block),
        outputs: output..<min(stride, output + Self.panelLength), into: target + first * stride,
        stride: stride, accumulating: accumulating)
    }
  }

  /// The outputs of one piece of work.
  private static var panelLength: Int { 64 }

  /// As many rows as stay in the second-level cache while a panel's groups pass.
  private func rowBlock(_ stride: Int) -> Int { max(8, min(256, 393_216 / stride & ~7)) }
}
