import Kernels

/// Some rows of a weight in pieces of bounded size, so that a table of gigabytes is converted in
/// megabytes.
struct WeightPieces {
  private let parts: [WeightPart]
  private let rowLength: Int
  private let rows: Range<Int>

  /// Four megabytes as float32.
  private static let pieceLength = 1 << 20

  /// - Parameter parts: What `WeightSource` gives: they end where rows end.
  init(_ parts: [WeightPart], rowLength: Int, rows: Range<Int>) {
    self.parts = parts
    self.rowLength = rowLength
    self.rows = rows
  }

  /// Calls `body` with the rows' numbers, in their order.
  func forEach(_ body: (WeightPart) throws -> Void) rethrows {
    guard parts.count > 0, rowLength > 0 else { return }
    let wanted = elements
    let step = max(1, Self.pieceLength / rowLength) * rowLength
    var start = 0
    for part in parts {
      let range = wanted.clamped(to: start..<start + part.elementCount)
      var position = range.lowerBound
      while position < range.upperBound {
        let end = min(range.upperBound, position + step)
        try body(part.part(position - start..<end - start))
        position = end
      }
      start += part.elementCount
    }
  }

  /// A vector is one row, whatever its shape says.
  private var elements: Range<Int> {
    let count = parts.reduce(0) { $0 + $1.elementCount }
    guard count > rowLength else { return 0..<count }
    return rows.lowerBound * rowLength..<rows.upperBound * rowLength
  }
}
