import Foundation
import Terminal

/// The figures of a report for a terminal, in as many tables as its width needs.
struct ScoreReportTable {
  let comparison: ScoreComparison
  let terminal: TerminalCapabilities

  init(_ comparison: ScoreComparison, terminal: TerminalCapabilities) {
    self.comparison = comparison
    self.terminal = terminal
  }

  /// A column of figures: of a run, or published.
  private struct Figures {
    var title: String
    var cells: [String]
    var width: Int
  }

  /// The spaces between columns, as `TextTable` has them.
  private static let gap = 2
  /// The width of `* 0.1234 ± 0.0123`, so that titles do not make columns wider than figures.
  private static let titleWidth = 17

  var text: String {
    var labels = labels
    var pending = figures
    var tables: [String] = []
    while !pending.isEmpty {
      let labelWidth = labels.reduce(0) { $0 + $1.width + Self.gap }
      var (taken, width) = (0, labelWidth)
      while taken < pending.count {
        let next = pending[taken].width + (taken > 0 ? Self.gap : 0)
        if taken > 0, width + next > terminal.width { break }
        width += next
        taken += 1
      }
      tables.append(table(labels, Array(pending.prefix(taken))))
      pending.removeFirst(taken)
      // What is the same for every column is told once.
      labels.removeAll { ["documents", "chance"].contains($0.title) }
    }
    return legend + tables.joined(separator: "\n")
  }

  private func table(_ labels: [Figures], _ figures: [Figures]) -> String {
    var table = TextTable(
      columns: labels.enumerated().map { index, label in
        TextTable.Column(
          label.title, alignment: index < 2 ? .leading : .trailing,
          minimumWidth: index == 0 ? 12 : nil, dropRank: index > 1 ? index : nil)
      } + figures.map { TextTable.Column($0.title) })
    for row in comparison.rows.indices {
      table.append((labels + figures).map { $0.cells[row] })
    }
    return table.rendered(for: terminal)
  }

  private var labels: [Figures] {
    var labels = [
      column("task") { $0.isFirst ? $0.indentedName : "" }, column("metric", \.metricName),
    ]
    if comparison.showsShots { labels.append(column("shots") { "\($0.shots)" }) }
    labels.append(
      column("documents") { row in row.documentCounts.map { "\($0)" }.joined(separator: "/") })
    labels.append(column("chance") { $0.chance.map(decimal) ?? absent })
    return labels
  }

  private var figures: [Figures] {
    let own = comparison.titles.indices.map { index in
      column(shortTitles[index]) { row in
        guard let cell = row.cells[index] else { return absent }
        return (row.best.contains(index) ? "* " : "") + figure(cell)
      }
    }
    let published = comparison.published.indices.map { index in
      column(comparison.published[index].model) { row in
        row.published[index].map(decimal) ?? absent
      }
    }
    return own + published
  }

  private func column(
    _ title: String, _ cell: (ScoreComparison.Row) -> String
  ) -> Figures {
    let cells = comparison.rows.map(cell)
    return Figures(
      title: title, cells: cells, width: ([title] + cells).map(DisplayWidth.of).max() ?? 0)
  }

  private var shortTitles: [String] {
    comparison.titles.map {
      DisplayWidth.truncated(
        DisplayWidth.printable($0), to: Self.titleWidth, at: .middle,
        marker: terminal.usesUnicode ? "…" : "...")
    }
  }

  /// The titles in full, where a column has no room for them.
  private var legend: String {
    let cut = zip(shortTitles, comparison.titles).filter { $0 != $1 }
    guard !cut.isEmpty else { return "" }
    let lines = cut.flatMap {
      DisplayWidth.wrapped("\($0): \(DisplayWidth.printable($1))", to: terminal.width)
    }
    return lines.map { $0 + "\n" }.joined() + "\n"
  }

  private var absent: String { terminal.usesUnicode ? "–" : "-" }

  private func figure(_ cell: ScoreComparison.Cell) -> String {
    guard let error = cell.standardError else { return decimal(cell.value) }
    return "\(decimal(cell.value)) ± \(decimal(error))"
  }

  private func decimal(_ value: Double) -> String { Format.decimal(value, places: 4) }
}
