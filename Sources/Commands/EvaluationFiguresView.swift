import Experiments
import Foundation
import Terminal

/// An evaluation's benchmark for people: a row a task, beside the peer's where there is one, then
/// where the time went.
struct EvaluationFiguresView {
  let figures: EvaluationFigures
  let comparison: EvaluationComparisonFigures?
  let terminal: TerminalCapabilities

  init(
    _ figures: EvaluationFigures, _ comparison: EvaluationComparisonFigures? = nil,
    terminal: TerminalCapabilities
  ) {
    self.figures = figures
    self.comparison = comparison
    self.terminal = terminal
  }

  var text: String { title + "\n" + (comparison.map(table) ?? tasks) + "\n" + operations + failure }

  private var title: String {
    let name = TextStyle.bold.applied(to: figures.recipe, on: terminal)
    return "\(name) with random weights, \(figures.precision.rawValue), "
      + "\(BenchmarkText.threads(figures.threads)), \(Format.grouped(figures.tokensPerBatch)) "
      + "tokens at once, \(Format.bytes(figures.peakResidentBytes))\n\(figures.processor)\n"
  }

  private var tasks: String {
    var table = TextTable(columns: [
      .init("task", alignment: .leading), .init("documents"), .init("requests", dropRank: 1),
      .init("time"), .init("documents/s"), .init("tokens"), .init("padded", dropRank: 0),
    ])
    for task in figures.tasks + [figures.total] {
      table.append([
        task.name, Format.grouped(task.documents), Format.grouped(task.requests),
        Format.seconds(task.seconds), BenchmarkText.rate(task.documentsPerSecond),
        Format.grouped(task.computedTokens), Format.grouped(task.paddedTokens),
      ])
    }
    return table.rendered(for: terminal)
  }

  private func table(_ comparison: EvaluationComparisonFigures) -> String {
    let absent = terminal.usesUnicode ? "—" : "-"
    let dash = terminal.usesUnicode ? "–" : "-"
    func ratio(_ value: Double?) -> String {
      value.map { Format.decimal($0, places: 2) } ?? absent
    }
    var table = TextTable(columns: [
      .init("task", alignment: .leading), .init("documents/s"), .init("peer's"), .init("ratio"),
      .init("range", alignment: .leading, dropRank: 0),
    ])
    for row in comparison.tasks + [comparison.total] {
      table.append([
        row.name, BenchmarkText.rate(row.documentsPerSecond),
        row.peerDocumentsPerSecond.map(BenchmarkText.rate) ?? absent, ratio(row.ratio),
        row.ratio == nil ? absent : ratio(row.leastRatio) + dash + ratio(row.greatestRatio),
      ])
    }
    return table.rendered(for: terminal)
  }

  private var operations: String {
    var table = TextTable(columns: [
      .init("where the time went", alignment: .leading), .init("time"), .init("share"),
      .init("Gflop/s", dropRank: 0),
    ])
    for operation in figures.operations {
      table.append([
        operation.name, Format.seconds(operation.seconds),
        Format.percent(operation.share, places: 1),
        operation.gflops > 0 ? BenchmarkText.gflops(operation.gflops) : "",
      ])
    }
    return table.rendered(for: terminal)
  }

  private var failure: String {
    comparison?.peerFailure.map { "\nThe peer did not run: \($0)\n" } ?? ""
  }
}
