/// Rows of a table picked by token, and their gradient.
///
/// N tokens, V rows of the table, D width.
public enum EmbeddingKernel {
  /// y [N, D] ← table[tokens].
  public static func gather(_ table: Buffer, _ tokens: [Int32], width: Int, into y: Buffer) {
    precondition(table.elementType == y.elementType, "rows are copied, not converted")
    let (table, y, rowBytes) = (table.address, y.address, width * table.elementType.byteCount)
    KernelClock.measure("embedding, forward") {
      ThreadPool.shared.forEachRange(tokens.count, grain: 64) { range in
        for row in range {
          (y + row * rowBytes).copyMemory(
            from: table + Int(tokens[row]) * rowBytes, byteCount: rowBytes)
        }
      }
    }
  }

  /// tableGradient[token] gains dy of each place where the token stands, first place first.
  ///
  /// The width is what is spread over threads, so that a token's sum keeps its order.
  public static func scatterAdd(
    _ dy: Buffer, _ tokens: [Int32], width: Int, into tableGradient: Buffer
  ) {
    let (dy, gradient) = (dy.pointer, tableGradient.pointer)
    KernelClock.measure("embedding, backward") {
      ThreadPool.shared.forEachRange(width, grain: 128) { range in
        for (row, token) in tokens.enumerated() {
          let target = gradient + Int(token) * width + range.lowerBound
          let source = dy + row * width + range.lowerBound
          VectorLoop.map(target, source, into: target, range.count) { $0 + $1 }
        }
      }
    }
  }
}
