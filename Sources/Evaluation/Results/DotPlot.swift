import Terminal

/// The tasks' scores on one axis: a line a task, a dot a run with its standard error, a tick for chance,
/// hollow diamonds for the published models, larger for larger ones.
struct DotPlot {
  let comparison: ScoreComparison
  /// The number of each column's colour.
  let series: [Int]

  private static let width = 1_120.0
  private static let labelWidth = 210.0
  private static let rightMargin = 28.0
  private static let topMargin = 10.0
  private static let axisHeight = 38.0
  /// The distance of two runs' dots of a task.
  private static let dotDistance = 11.0
  private static let rowPadding = 22.0
  /// A row holds two lines of text.
  private static let leastHeight = 40.0

  init(_ comparison: ScoreComparison, series: [Int]) {
    self.comparison = comparison
    self.series = series
  }

  /// The rows that share an axis from 0 to 1.
  private var rows: [ScoreComparison.Row] { comparison.summary.filter(\.isFraction) }

  /// The drawing; nil where no task has an accuracy.
  var svg: String? {
    let rows = rows
    guard !rows.isEmpty else { return nil }
    let rowHeight = max(
      Self.leastHeight, Self.rowPadding + Self.dotDistance * Double(comparison.titles.count))
    let bottom = Self.topMargin + rowHeight * Double(rows.count)
    let axis = PlotAxis(
      rows.flatMap(extent), from: Self.labelWidth, to: Self.width - Self.rightMargin, step: 0.1,
      tickCount: 8)
    var body = ""
    for (value, label) in zip(axis.ticks.values, axis.ticks.labels) {
      let x = axis.place(value)
      body += HTMLText.line(x, Self.topMargin, x, bottom, kind: "grid")
      body += HTMLText.label(label, x: x, y: bottom + 18, anchor: "middle", kind: "tick")
    }
    for (index, row) in rows.enumerated() {
      body += drawing(
        of: row, top: Self.topMargin + rowHeight * Double(index), height: rowHeight, axis)
    }
    return HTMLText.drawing(
      body, id: "scores", title: "Scores of each task", description: description(rows),
      width: Self.width, height: bottom + Self.axisHeight)
  }

  private func extent(_ row: ScoreComparison.Row) -> [Double] {
    let own = row.cells.compactMap { $0 }.flatMap { cell in
      let error = cell.standardError ?? 0
      return [max(0, cell.value - error), min(1, cell.value + error)]
    }
    return own + row.published.compactMap { $0 } + [row.chance].compactMap { $0 }
  }

  private func drawing(
    of row: ScoreComparison.Row, top: Double, height: Double, _ axis: PlotAxis
  ) -> String {
    let center = top + height / 2
    let shots = row.shots > 0 ? ", \(row.shots) shots" : ""
    var body = HTMLText.label(
      DisplayWidth.truncated(row.name, to: 24), x: Self.labelWidth - 16, y: center - 1,
      anchor: "end")
    body += HTMLText.label(
      row.metric + shots, x: Self.labelWidth - 16, y: center + 13, anchor: "end", kind: "tick")
    body += HTMLText.line(
      Self.labelWidth, center, Self.width - Self.rightMargin, center, kind: "track")
    if let chance = row.chance {
      body += "<g><title>chance \(HTMLText.score(chance))</title>"
      body += HTMLText.line(
        axis.place(chance), top + 5, axis.place(chance), top + height - 5, kind: "chance")
      body += "</g>\n"
    }
    for (index, value) in row.published.enumerated() {
      guard let value else { continue }
      body += Self.diamond(
        x: axis.place(value), y: center, radius: Self.radius(index),
        title: "\(comparison.published[index].model), published: \(HTMLText.score(value))")
    }
    for (index, cell) in row.cells.enumerated() {
      guard let cell else { continue }
      let offset = Double(index) - Double(row.cells.count - 1) / 2
      body += dot(cell, column: index, y: center + offset * Self.dotDistance, axis)
    }
    return body
  }

  private func dot(
    _ cell: ScoreComparison.Cell, column: Int, y: Double, _ axis: PlotAxis
  ) -> String {
    let x = axis.place(cell.value)
    let error = cell.standardError.map { " ± \(HTMLText.score($0))" } ?? ""
    var body = "<g class=\"series-\(ReportStyle.series(series[column]))\"><title>"
    body += HTMLText.escaped(
      "\(comparison.titles[column]): \(HTMLText.score(cell.value))\(error)")
    body += "</title>\n"
    if let error = cell.standardError, error.isFinite {
      body += HTMLText.line(
        axis.place(cell.value - error), y, axis.place(cell.value + error), y, kind: "error")
    }
    return body
      + "<circle cx=\"\(HTMLText.place(x))\" cy=\"\(HTMLText.place(y))\" r=\"4.5\"/>\n</g>\n"
  }

  static func radius(_ index: Int) -> Double { 3.5 + 1.25 * Double(index) }

  static func diamond(x: Double, y: Double, radius: Double, title: String) -> String {
    let points = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
      .map { "\(HTMLText.place($0.0)),\(HTMLText.place($0.1))" }.joined(separator: " ")
    return "<polygon class=\"published\" points=\"\(points)\">"
      + "<title>\(HTMLText.escaped(title))</title></polygon>\n"
  }

  /// The figures as a sentence a task, for those who do not see the drawing.
  private func description(_ rows: [ScoreComparison.Row]) -> String {
    rows.map { row in
      let own = zip(comparison.titles, row.cells).compactMap { title, cell in
        cell.map { "\(title) \(HTMLText.score($0.value))" }
      }
      let chance = row.chance.map { ["chance \(HTMLText.score($0))"] } ?? []
      return "\(row.name) (\(row.metric)): " + (own + chance).joined(separator: ", ") + "."
    }.joined(separator: " ")
  }
}
