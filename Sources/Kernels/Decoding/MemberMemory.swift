/// What one member of the team works in. States are rounded where ``ManyTokens`` rounds them, so that a
/// prompt read at once and token by token has the same bits.
final class MemberMemory<E: ProductElement> {
  /// One head, as products hand it on and as norms take it.
  let head: UnsafeMutablePointer<E>
  let scratch: UnsafeMutablePointer<Float>
  let attention: DecodingAttention<E>
  /// [M, inputs], what the next product takes in.
  private let numbers: UnsafeMutablePointer<Float>
  private let activations: ActivationRows
  private let memory: [Buffer]

  init(rows: Int, inputs: Int, capacity: Int, group: Int, headWidth: Int) {
    let head = Buffer(uninitializedCount: headWidth, of: E.elementType)
    let scratch = Buffer(uninitializedCount: headWidth)
    let numbers = Buffer(uninitializedCount: rows * inputs)
    self.head = head.elements()
    self.scratch = scratch.pointer
    self.numbers = numbers.pointer
    attention = DecodingAttention(capacity: capacity, group: group, width: headWidth)
    activations = ActivationRows(rowCapacity: rows, inputCapacity: inputs)
    memory = [head, scratch, numbers]
  }

  /// Takes normalized rows in: every member does, since that is cheaper than to wait for another.
  func normalize(
    _ x: UnsafePointer<Float>, rows: Int, width: Int, _ weight: Buffer, _ epsilon: Float
  ) {
    for row in 0..<rows {
      let source = x + row * width
      let scale = RMSNormalizationKernel.inverseRootMeanSquare(source, width, epsilon)
      VectorLoop.map(source, weight.pointer, into: numbers + row * width, width) {
        E.nearest(($0 * scale) * $1)
      }
    }
  }

  /// Takes rows in as they are.
  func take(_ x: UnsafePointer<E>, count: Int) { VectorLoop.map(x, into: numbers, count) { $0 } }

  /// Takes silu(x[:, :F]) · x[:, F:] in.
  func gate(_ x: UnsafePointer<Float>, rows: Int, width: Int) {
    for row in 0..<rows {
      let gate = x + row * 2 * width
      VectorLoop.map(gate, gate + width, into: numbers + row * width, width) { a, b in
        let (a, b) = (E.nearest(a), E.nearest(b))
        return E.nearest(a * logistic(a) * b)
      }
    }
  }

  /// y ← what was taken in · matrixᵀ + (accumulating ? y : 0) for some of the outputs.
  func multiply(
    by matrix: WeightMatrix, rows: Int, outputs: Range<Int>,
    into y: UnsafeMutablePointer<Float>, accumulating: Bool = false
  ) {
    activations.prepare(
      UnsafePointer(numbers), count: rows, inputs: matrix.inputs, for: matrix.format)
    matrix.multiply(
      by: activations, outputs: outputs, into: y, stride: matrix.outputs,
      accumulating: accumulating)
  }
}
