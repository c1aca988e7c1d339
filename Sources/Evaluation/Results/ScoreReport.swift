import Foundation
import Terminal

/// Results files side by side, with the published scores: what `samara report` shows.
public struct ScoreReport: Sendable {
  public var files: [EvaluationResultsFile]
  public var published: [PublishedScores]

  /// Takes files in any order: a run's steps stand together, the earliest first, and runs as they came.
  public init(
    _ files: [EvaluationResultsFile], published: [PublishedScores] = PublishedScores.openELM
  ) {
    var names: [String] = []
    for file in files where !names.contains(file.model.name) { names.append(file.model.name) }
    self.files = names.flatMap { name in
      files.enumerated().filter { $0.element.model.name == name }
        .sorted {
          ($0.element.model.step ?? -1, $0.offset) < ($1.element.model.step ?? -1, $1.offset)
        }
        .map(\.element)
    }
    self.published = published
  }

  var comparison: ScoreComparison { comparison(of: Array(files.indices)) }

  private func comparison(of columns: [Int]) -> ScoreComparison {
    let titles = titles
    return ScoreComparison(
      columns.map { .init(title: titles[$0], results: files[$0].results) }, published: published)
  }

  /// The run of each file, counted from zero: files of one name are one run where their steps differ.
  package var runs: [Int] {
    var identities: [String] = []
    return zip(files, titles).map { file, title in
      let steps = files.filter { $0.model.name == file.model.name }.map(\.model.step)
      let isRun = !steps.contains(nil) && Set(steps).count == steps.count
      let identity = isRun ? file.model.name : title
      if let index = identities.firstIndex(of: identity) { return index }
      identities.append(identity)
      return identities.count - 1
    }
  }

  /// Each run's last step, which a summary shows, with the run's number.
  var latest: (comparison: ScoreComparison, runs: [Int]) {
    let runs = runs
    let columns = files.indices.filter { !runs[($0 + 1)...].contains(runs[$0]) }
    return (comparison(of: columns), columns.map { runs[$0] })
  }

  package var curves: [ScoreCurve] { ScoreCurve.curves(of: files, published: published) }

  /// A column's title: the run's name and the step; the file's name where two would be the same.
  package var titles: [String] {
    let titles = files.map { file in
      file.model.step.map { "\(file.model.name) @\($0)" } ?? file.model.name
    }
    return zip(titles, files).map { title, file in
      titles.count { $0 == title } == 1
        ? title : "\(title) (\(URL(fileURLWithPath: file.path).lastPathComponent))"
    }
  }

  /// Notes that a reader of the figures needs.
  var notes: [String] {
    let comparison = comparison
    var notes = ["± is one standard error; chance is the accuracy of choosing blindly."]
    if files.count > 1 {
      notes.append("The best column is marked, whether or not the difference is significant.")
    }
    guard !comparison.published.isEmpty else { return notes }
    notes.append("Published: \(PublishedScores.source), which has no standard errors.")
    if comparison.rows.contains(where: \.isPublishedUncertain) {
      notes.append(
        "Which of acc and acc_norm a published figure is was not stated: it stands beside both.")
    }
    if comparison.rows.contains(where: { $0.metric == ScoreComparison.averageMetric }) {
      notes.append("The average takes acc_norm where a task has it.")
    }
    return notes
  }

  /// Returns the report for a terminal: tables as many as fit beside each other, curves, notes.
  public func rendered(for terminal: TerminalCapabilities) -> String {
    let comparison = comparison
    var text = ScoreReportTable(comparison, terminal: terminal).text
    for curve in curves { text += "\n" + plot(curve).rendered(for: terminal) }
    text += "\n"
    for note in notes {
      for line in DisplayWidth.wrapped(note, to: min(100, terminal.width)) { text += line + "\n" }
    }
    return terminal.usesUnicode ? text : text.replacingOccurrences(of: "±", with: "+-")
  }

  /// A run's curve, with the published score as the second line.
  private func plot(_ curve: ScoreCurve) -> CurvePlot {
    var series = [
      CurvePlot.Series(
        "\(curve.run)", points: curve.points.map { .init(x: $0.position, y: $0.value) })
    ]
    if let model = curve.reference, let first = curve.points.first?.position,
      let end = curve.points.last?.position
    {
      series.append(
        .init(
          "\(model.model), published",
          points: [.init(x: first, y: model.value), .init(x: end, y: model.value)]))
    }
    let shots = curve.shots > 0 ? ", \(curve.shots) shots" : ""
    return CurvePlot(
      title: "\(curve.name) (\(curve.metric)\(shots))", horizontalTitle: curve.axis.rawValue,
      series: series, rowCount: 6)
  }
}
