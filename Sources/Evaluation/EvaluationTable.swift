import Foundation

/// Results side by side for a terminal: a row a metric, a column a model.
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
    let titles = ["task", "metric", "documents", "chance"] + columns.map(\.title)
    let rows = [titles] + body()
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

  private func body() -> [[String]] {
    var tasks: [String] = []
    for result in columns.flatMap(\.results) where !tasks.contains(result.task) {
      tasks.append(result.task)
    }
    return tasks.flatMap(rows(of:))
  }

  private func rows(of task: String) -> [[String]] {
    let results = columns.map { $0.results.first { $0.task == task } }
    let present = results.compactMap { $0 }
    var metrics: [String] = []
    for metric in present.flatMap(\.metrics) where !metrics.contains(metric.name) {
      metrics.append(metric.name)
    }
    // Columns evaluated on different numbers of documents must not look alike.
    let counts = present.map { String($0.documentCount) }
    let documents = Set(counts).count == 1 ? counts[0] : counts.joined(separator: "/")
    let chance = present.lazy.compactMap(\.chance).first.map { Self.decimal($0) } ?? "-"
    return metrics.enumerated().map { index, name in
      let figures = results.map { result in
        result?.metrics.first { $0.name == name }.map(Self.figure) ?? "-"
      }
      return [index == 0 ? task : "", name, documents, chance] + figures
    }
  }

  private static func figure(_ metric: EvaluationResult.Metric) -> String {
    guard let error = metric.standardError else { return decimal(metric.value) }
    return "\(decimal(metric.value)) ± \(decimal(error))"
  }

  private static func decimal(_ value: Double) -> String { String(format: "%.4f", value) }
}
