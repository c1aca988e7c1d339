import Files
import Foundation
import Terminal

/// The report as one HTML file that needs nothing else: no network, no fonts, no scripts.
public struct ReportPage: Sendable {
  public var report: ScoreReport

  public init(_ report: ScoreReport) { self.report = report }

  /// Writes the page, either whole or not at all; folders that lack are made.
  ///
  /// - Throws: `FileError`.
  public func write(to path: String) throws {
    try FileSystem.makeFolder(FileSystem.parent(of: path))
    try AtomicFile.write(Array(html.utf8), to: path)
  }

  /// The page. The policy in its head forbids the browser to load anything, whatever a file may say.
  public var html: String {
    let comparison = report.comparison
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
      <link rel="icon" href="data:,">
      <title>\(HTMLText.escaped(title))</title>
      <style>
      \(ReportStyle.sheet)
      </style>
      </head>
      <body>
      <main>
      <header>
      <h1>\(HTMLText.escaped(title))</h1>
      <ul class="runs">
      \(runs)</ul>
      </header>
      \(scores)\(training)<section aria-labelledby="table">
      <h2 id="table">Table</h2>
      \(ReportPageTable(comparison).html)</section>
      <ul class="notes">
      \(report.notes.map { "<li>\(HTMLText.escaped($0))</li>\n" }.joined())</ul>
      </main>
      </body>
      </html>

      """
  }

  private var title: String {
    var names: [String] = []
    for file in report.files where !names.contains(file.model.name) {
      names.append(file.model.name)
    }
    return names.count <= 3
      ? "Evaluation of \(names.joined(separator: ", "))" : "Evaluation of \(names.count) models"
  }

  /// What was evaluated, a line a file.
  private var runs: String {
    let runs = report.runs
    return zip(report.titles, report.files).enumerated().map { index, entry in
      let (title, file) = entry
      var details: [String] = []
      if let step = file.model.step { details.append("step \(Format.grouped(step))") }
      if let tokens = file.model.tokens {
        details.append("\(Format.abbreviated(Double(tokens))) tokens")
      }
      if let count = file.model.parameterCount {
        details.append("\(Format.abbreviated(Double(count))) parameters")
      }
      if let precision = file.model.precision { details.append(precision) }
      details.append(URL(fileURLWithPath: file.path).lastPathComponent)
      return """
        <li><span class="swatch series-\(ReportStyle.series(runs[index]))"></span>\
        <span>\(HTMLText.escaped(title))</span>\
        <span class="detail">\(HTMLText.escaped(details.joined(separator: " · ")))</span></li>

        """
    }.joined()
  }

  /// Each run's last step on one axis.
  private var scores: String {
    let (comparison, series) = report.latest
    guard let plot = DotPlot(comparison, series: series).svg else { return "" }
    return """
      <section aria-labelledby="scores-heading">
      <h2 id="scores-heading">Scores</h2>
      <ul class="legend">
      \(legend(comparison, series: series))</ul>
      <figure class="scroll wide" tabindex="0" aria-label="Scores of each task, a drawing">
      \(plot)</figure>
      </section>

      """
  }

  private func legend(_ comparison: ScoreComparison, series: [Int]) -> String {
    func sample(_ shape: String, _ text: String) -> String {
      "<li><svg viewBox=\"0 0 18 18\" aria-hidden=\"true\">\(shape)</svg>"
        + "\(HTMLText.escaped(text))</li>\n"
    }
    var entries = comparison.titles.enumerated().map { index, title in
      sample(
        "<g class=\"series-\(ReportStyle.series(series[index]))\">"
          + "<line class=\"error\" x1=\"2\" y1=\"9\" x2=\"16\" y2=\"9\"/>"
          + "<circle cx=\"9\" cy=\"9\" r=\"4.5\"/></g>", title)
    }
    if comparison.rows.contains(where: { $0.chance != nil }) {
      entries.append(
        sample("<line class=\"chance\" x1=\"9\" y1=\"1\" x2=\"9\" y2=\"17\"/>", "chance"))
    }
    entries += comparison.published.enumerated().map { index, model in
      sample(
        DotPlot.diamond(x: 9, y: 9, radius: DotPlot.radius(index), title: model.model),
        "\(model.model), published")
    }
    return entries.joined()
  }

  /// The curves, where a run was evaluated at several steps.
  private var training: String {
    let curves = report.curves
    guard !curves.isEmpty else { return "" }
    var runs: [String] = []
    for curve in curves where !runs.contains(curve.run) { runs.append(curve.run) }
    let sections = runs.enumerated().map { index, run in
      let series = zip(report.files, report.runs).first { $0.0.model.name == run }?.1 ?? 0
      let charts = curves.filter { $0.run == run }.enumerated().map { number, curve in
        let chart = CurveChart(curve: curve, id: "curve-\(index)-\(number)", series: series)
        return "<figure>\n<h3>\(HTMLText.escaped(chart.heading))</h3>\n\(chart.svg)</figure>\n"
      }.joined()
      return """
        <section aria-labelledby="training-\(index)">
        <h2 id="training-\(index)">Over the training of \(HTMLText.escaped(run))</h2>
        <div class="charts">
        \(charts)</div>
        </section>

        """
    }
    return sections.joined()
  }
}
