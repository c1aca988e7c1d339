import Foundation

/// Results side by side for a terminal: a row a metric, a column a model.
///
/// Groups stand above their members, which are indented and bear their aliases. A column tells the
/// number of examples where any has some.
public struct EvaluationTable: Sendable {
  /// One model's results under its title.
  public struct Column: Sendable {
    public var title: String
    public var results: [EvaluationResult]

    public init(title: String, results: [EvaluationResult]) {
      self.title = title
      self.results = results
    }
  }

  public var columns: [Column]

  public init(columns: [Column]) {
    self.columns = columns
  }

  /// A single model's results.
  public init(_ results: [EvaluationResult], title: String = "value") {
    self.init(columns: [Column(title: title, results: results)])
  }

  /// Returns the table, a line a row, each ended by a line break.
  ///
  /// Four decimals, as lm-evaluation-harness prints them; `-` where a column lacks the figure.
  public func rendered() -> String {
    let comparison = ScoreComparison(
      columns.map { .init(title: $0.title, results: $0.results) })
    var titles = ["task", "metric"]
    if comparison.showsShots { titles.append("shots") }
    titles += ["documents", "chance"] + comparison.titles
    let rows = [titles] + comparison.rows.map { Self.cells(of: $0, in: comparison) }
    let widths = titles.indices.map { column in
      rows.map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        let padding = String(
          repeating: " ", count: widths[column] - text.unicodeScalars.count)
        // Words stand left, figures right.
        return column < 2 ? text + padding : padding + text
      }
      return PythonText.splittingTrailing(cells.joined(separator: "  ")).text + "\n"
    }.joined()
  }

  private static func cells(
    of row: ScoreComparison.Row, in comparison: ScoreComparison
  ) -> [String] {
    var cells = [row.isFirst ? row.indentedName : "", row.metricName]
    if comparison.showsShots { cells.append("\(row.shots)") }
    cells.append(row.documentCounts.map { "\($0)" }.joined(separator: "/"))
    cells.append(row.chance.map(decimal) ?? "-")
    return cells + row.cells.map { $0.map(figure) ?? "-" }
  }

  private static func figure(_ cell: ScoreComparison.Cell) -> String {
    guard let error = cell.standardError else { return decimal(cell.value) }
    return "\(decimal(cell.value)) ± \(decimal(error))"
  }

  private static func decimal(_ value: Double) -> String { String(format: "%.4f", value) }
}

extension ScoreComparison.Row {
  /// The name under the groups above it.
  package var indentedName: String { String(repeating: "  ", count: depth) + name }
}
