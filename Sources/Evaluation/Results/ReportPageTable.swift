/// The figures of a report as an HTML table: a row a metric, a column a run, then the published models.
struct ReportPageTable {
  let comparison: ScoreComparison

  init(_ comparison: ScoreComparison) { self.comparison = comparison }

  var html: String {
    """
    <div class="scroll" tabindex="0" role="region" aria-label="Scores, a table">
    <table>
    <caption>One row a metric. ± is one standard error.</caption>
    <thead>
    \(groupHeader)\(header)</thead>
    <tbody>
    \(comparison.rows.map(row).joined())</tbody>
    </table>
    </div>

    """
  }

  private var labelCount: Int {
    4 + (comparison.showsShots ? 1 : 0)
  }

  /// What the columns of figures are, where there are two kinds of them.
  private var groupHeader: String {
    guard !comparison.published.isEmpty else { return "" }
    let runs = comparison.titles.count == 1 ? "this run" : "these runs"
    return "<tr class=\"kinds\"><td colspan=\"\(labelCount)\"></td>"
      + "<th scope=\"colgroup\" colspan=\"\(comparison.titles.count)\">\(runs)</th>"
      + "<th scope=\"colgroup\" colspan=\"\(comparison.published.count)\">"
      + "published, OpenELM</th></tr>\n"
  }

  private var header: String {
    var cells = [Self.header("task", kind: "word name"), Self.header("metric", kind: "word")]
    if comparison.showsShots { cells.append(Self.header("shots")) }
    cells += [Self.header("documents"), Self.header("chance")]
    cells += comparison.titles.map { Self.header($0, kind: "own") }
    cells += comparison.published.map { Self.header($0.size) }
    return "<tr>\(cells.joined())</tr>\n"
  }

  private static func header(_ title: String, kind: String? = nil) -> String {
    let attribute = kind.map { " class=\"\($0)\"" } ?? ""
    return "<th scope=\"col\"\(attribute)>\(HTMLText.escaped(title))</th>"
  }

  private func row(_ row: ScoreComparison.Row) -> String {
    var cells: [String] = []
    if row.isFirst {
      let own = comparison.rows.count { $0.task == row.task && $0.shots == row.shots }
      let indentation = row.depth > 0 ? " style=\"padding-left: \(row.depth * 16)px\"" : ""
      cells.append(
        "<th scope=\"rowgroup\" rowspan=\"\(own)\" class=\"word name\"\(indentation)>"
          + "\(HTMLText.escaped(row.name))</th>")
    }
    cells.append(Self.cell(HTMLText.escaped(row.metricName), kind: "word"))
    if comparison.showsShots { cells.append(Self.cell("\(row.shots)", kind: "quiet")) }
    cells.append(
      Self.cell(row.documentCounts.map { "\($0)" }.joined(separator: "/"), kind: "quiet"))
    cells.append(Self.cell(row.chance.map(HTMLText.score) ?? "–", kind: "quiet"))
    cells += row.cells.enumerated().map { index, cell in
      figure(cell, isBest: row.best.contains(index))
    }
    cells += row.published.map { Self.cell($0.map(HTMLText.score) ?? "–", kind: "quiet") }
    return "<tr\(row.isFirst ? " class=\"first\"" : "")>\(cells.joined())</tr>\n"
  }

  private func figure(_ cell: ScoreComparison.Cell?, isBest: Bool) -> String {
    guard let cell else { return Self.cell("–", kind: "quiet") }
    let value = HTMLText.score(cell.value)
    let error =
      cell.standardError.map {
        " <span class=\"error-figure\">± \(HTMLText.score($0))</span>"
      } ?? ""
    return Self.cell(
      (isBest ? "<strong title=\"best of these runs\">\(value)</strong>" : value) + error)
  }

  private static func cell(_ html: String, kind: String? = nil) -> String {
    let attribute = kind.map { " class=\"\($0)\"" } ?? ""
    return "<td\(attribute)>\(html)</td>"
  }
}
