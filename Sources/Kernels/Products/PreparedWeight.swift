/// A weight [O, I] rounded to bfloat16 and laid out once for many products x · weightᵀ.
///
/// A product by a weight as it lies in memory lays it out each time, at a cost that thousands of rows
/// share in and a single row bears alone.
public final class PreparedWeight: @unchecked Sendable {
  /// O, the columns of the product.
  public let outputs: Int
  /// I, the length of each sum.
  public let inputs: Int
  private let memory: FactorPreparation<BFloat16>
  /// Kept where it is what products read.
  private let source: Buffer?
  let factor: PreparedFactor<BFloat16>

  /// - Parameter weight: [O, I], float32 or bfloat16.
  public init(_ weight: Buffer, outputs: Int, inputs: Int) {
    precondition(
      weight.count == outputs * inputs,
      "a weight of \(weight.count) elements for \(outputs) outputs of \(inputs) inputs")
    self.outputs = outputs
    self.inputs = inputs
    let memory = FactorPreparation<BFloat16>(
      inner: inputs, columns: outputs, from: weight.elementType)
    factor =
      switch weight.elementType {
      case .bfloat16:
        memory.prepareInParallel(
          Operand<BFloat16>(weight.elements(), stride: inputs, isTransposed: true))
      default:
        memory.prepareInParallel(
          Operand<Float>(weight.elements(), stride: inputs, isTransposed: true))
      }
    self.memory = memory
    source = weight.elementType == .bfloat16 ? weight : nil
  }

  /// y [rows, O] ← x · weightᵀ + (accumulating ? y : 0); x is bfloat16, y that or float32.
  public func multiply(by x: Buffer, rows: Int, into y: Buffer, accumulating: Bool = false) {
    precondition(
      x.count >= rows * inputs && y.count >= rows * outputs,
      "\(x.count) and \(y.count) elements for \(rows) rows of \(inputs) and \(outputs)")
    let size = ProductSize(rows: rows, columns: outputs, inner: inputs)
    let x = Operand<BFloat16>(x.elements(), stride: inputs)
    switch y.elementType {
    case .bfloat16:
      MatrixMultiply.run(
        x, factor, into: y.elements(of: BFloat16.self), stride: outputs, size,
        accumulating: accumulating)
    default:
      MatrixMultiply.run(
        x, factor, into: y.elements(of: Float.self), stride: outputs, size,
        accumulating: accumulating)
    }
  }
}
