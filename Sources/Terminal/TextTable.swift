/// Rows of text in aligned columns, fitted to the width of the terminal.
///
/// A table that is too wide first shortens the columns that allow it, then leaves out whole
/// columns in the order they name, and only then cuts its lines: a number cut short still looks
/// like a number, so columns of numbers are dropped rather than shortened.
public struct TextTable: Sendable {
  /// The side of its column that a cell stands on.
  public enum Alignment: Sendable {
    case leading
    case trailing
  }

  /// A column: its header and how it behaves when room is short.
  public struct Column: Sendable {
    public var title: String
    public var alignment: Alignment
    /// The width down to which the cells may be cut; nil if they must stay whole.
    public var minimumWidth: Int?
    /// Which part of a cell gives way when it is cut.
    public var truncation: DisplayWidth.Truncation
    /// When the column is left out: the lowest goes first; nil if it always stays.
    public var dropRank: Int?
    /// The style of its cells.
    public var style: TextStyle?

    /// Creates a column; by default one of numbers that always stays.
    public init(
      _ title: String, alignment: Alignment = .trailing, minimumWidth: Int? = nil,
      truncation: DisplayWidth.Truncation = .end, dropRank: Int? = nil, style: TextStyle? = nil
    ) {
      self.title = title
      self.alignment = alignment
      self.minimumWidth = minimumWidth
      self.truncation = truncation
      self.dropRank = dropRank
      self.style = style
    }
  }

  /// The columns, from left to right.
  public let columns: [Column]
  private var rows: [(cells: [String], style: TextStyle?)] = []

  /// The spaces between columns; two, so that a header of two words stays one header.
  private static let gap = "  "

  /// Creates a table without rows.
  public init(columns: [Column]) {
    self.columns = columns
  }

  /// Adds a row, optionally in a style of its own, which wins over that of the columns.
  ///
  /// - Precondition: there are as many cells as columns.
  public mutating func append(_ cells: [String], style: TextStyle? = nil) {
    precondition(
      cells.count == columns.count,
      "TextTable: a row of \(cells.count) cells in a table of \(columns.count) columns")
    rows.append((cells.map(DisplayWidth.printable), style))
  }

  /// Returns the header, a rule and the rows, each line ended, none wider than the terminal.
  public func rendered(for terminal: TerminalCapabilities) -> String {
    let layout = layout(toFit: terminal.width)
    let titles = columns.map { DisplayWidth.printable($0.title) }
    let rule = layout.map { _, width in
      String(repeating: terminal.usesUnicode ? "─" : "-", count: width)
    }
    var text = line(titles, layout, for: terminal) { _ in .bold }
    text += fitted(rule.joined(separator: Self.gap), for: terminal) + "\n"
    for row in rows {
      text += line(row.cells, layout, for: terminal) { row.style ?? columns[$0].style }
    }
    return text
  }

  /// Returns the columns that stay, with their widths.
  private func layout(toFit available: Int) -> [(column: Int, width: Int)] {
    let natural = columns.indices.map { index in
      rows.reduce(DisplayWidth.of(DisplayWidth.printable(columns[index].title))) {
        max($0, DisplayWidth.of($1.cells[index]))
      }
    }
    var kept = Array(columns.indices)
    while true {
      let widths = shrunk(kept.map { ($0, natural[$0]) }, toFit: available)
      if total(widths.map(\.width)) <= available { return widths }
      let candidates = kept.filter { columns[$0].dropRank != nil }
      guard
        let next = candidates.min(by: {
          (columns[$0].dropRank ?? 0, -$0) < (columns[$1].dropRank ?? 0, -$1)
        })
      else { return widths }
      kept.removeAll { $0 == next }
    }
  }

  /// Takes columns from the widest one that may shrink until the table fits or none may.
  private func shrunk(
    _ start: [(column: Int, width: Int)], toFit available: Int
  ) -> [(column: Int, width: Int)] {
    var layout = start
    var excess = total(layout.map(\.width)) - available
    while excess > 0 {
      let shrinkable = layout.indices.filter { index in
        columns[layout[index].column].minimumWidth.map { layout[index].width > max(1, $0) } ?? false
      }
      guard let widest = shrinkable.max(by: { layout[$0].width < layout[$1].width }) else { break }
      layout[widest].width -= 1
      excess -= 1
    }
    return layout
  }

  private func total(_ widths: [Int]) -> Int {
    widths.reduce(0, +) + Self.gap.utf8.count * max(0, widths.count - 1)
  }

  private func line(
    _ cells: [String], _ layout: [(column: Int, width: Int)], for terminal: TerminalCapabilities,
    style: (Int) -> TextStyle?
  ) -> String {
    var (plain, styled) = ("", "")
    var pending = ""
    for (position, (index, width)) in layout.enumerated() {
      let column = columns[index]
      let cell = DisplayWidth.truncated(
        cells[index], to: width, at: column.truncation, marker: terminal.ellipsis)
      let padding = DisplayWidth.padding(cell, to: width)
      if position > 0 { pending += Self.gap }
      if column.alignment == .trailing { pending += padding }
      // Spaces wait for the cell that follows them, so that no line ends in any.
      if !cell.isEmpty {
        plain += pending + cell
        styled += pending + (style(index)?.applied(to: cell, on: terminal) ?? cell)
        pending = ""
      }
      if column.alignment == .leading { pending += padding }
    }
    return (DisplayWidth.of(plain) > terminal.width ? fitted(plain, for: terminal) : styled) + "\n"
  }

  private func fitted(_ line: String, for terminal: TerminalCapabilities) -> String {
    DisplayWidth.truncated(line, to: terminal.width, marker: terminal.ellipsis)
  }
}
