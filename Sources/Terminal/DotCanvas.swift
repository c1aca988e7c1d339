/// A grid of dots drawn with characters: eight to a Braille cell, or one to an ASCII cell.
///
/// Unicode's Braille patterns begin at U+2800 and give each of the 2 × 4 dots a bit.
struct DotCanvas {
  /// The size in characters.
  let columns: Int
  let rows: Int
  /// Whether the dots are Braille's.
  let usesBraille: Bool
  /// The dots of each series and cell, a bit a dot, row by row.
  private var masks: [[UInt8]]

  /// The size in dots.
  var dotColumns: Int { usesBraille ? columns * 2 : columns }
  var dotRows: Int { usesBraille ? rows * 4 : rows }

  init(columns: Int, rows: Int, seriesCount: Int, usesBraille: Bool) {
    self.columns = columns
    self.rows = rows
    self.usesBraille = usesBraille
    masks = Array(repeating: Array(repeating: 0, count: columns * rows), count: seriesCount)
  }

  /// Sets a dot; (0, 0) is the upper left one.
  mutating func set(x: Int, y: Int, series: Int) {
    precondition(
      (0..<dotColumns).contains(x) && (0..<dotRows).contains(y),
      "DotCanvas: dot (\(x), \(y)) outside of \(dotColumns) × \(dotRows)")
    guard usesBraille else {
      masks[series][y * columns + x] = 1
      return
    }
    masks[series][y / 4 * columns + x / 2] |= Self.bits[y % 4][x % 2]
  }

  /// Sets the dots of a straight line; a dotted one leaves out every other column of dots.
  mutating func drawLine(
    from start: (x: Int, y: Int), to end: (x: Int, y: Int), series: Int, isDotted: Bool
  ) {
    let (spanX, spanY) = (abs(end.x - start.x), -abs(end.y - start.y))
    let (signX, signY) = (end.x >= start.x ? 1 : -1, end.y >= start.y ? 1 : -1)
    var (x, y, error) = (start.x, start.y, spanX + spanY)
    while true {
      if !isDotted || x % 2 == 0 { set(x: x, y: y, series: series) }
      if x == end.x, y == end.y { return }
      let doubled = 2 * error
      if doubled >= spanY { (error, x) = (error + spanY, x + signX) }
      if doubled <= spanX { (error, y) = (error + spanX, y + signY) }
    }
  }

  /// Returns the character of a cell and the one series that is seen there, if it is one.
  func cell(column: Int, row: Int) -> (character: Character, series: Int?) {
    let index = row * columns + column
    let present = masks.indices.filter { masks[$0][index] != 0 }
    guard let first = present.first else { return (" ", nil) }
    let series = present.count == 1 ? first : nil
    guard usesBraille else { return (series.map { Self.marks[$0 % 2] } ?? "#", series) }
    let mask = present.reduce(UInt8(0)) { $0 | masks[$1][index] }
    let scalar = Unicode.Scalar(0x2800 + UInt32(mask)) ?? " "
    return (Character(scalar), series)
  }

  /// The ASCII marks of the two series; `#` is where both are.
  static let marks: [Character] = ["*", "o"]

  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
}
