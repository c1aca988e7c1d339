import Experiments
import Foundation
import Terminal

/// A product benchmark for people: a table an engine, and its total.
struct ProductReportView {
  let report: ProductReport
  let terminal: TerminalCapabilities

  /// Bars compare the rates within an engine on this many columns.
  private static let barWidth = 10

  init(_ report: ProductReport, terminal: TerminalCapabilities) {
    self.report = report
    self.terminal = terminal
  }

  var text: String {
    let step = BenchmarkText.step(batch: report.batch, sequence: report.sequence, for: terminal)
    let name = TextStyle.bold.applied(to: report.recipe, on: terminal)
    let title = "\(name): the matrix products of a step of \(step)\n\(report.processor)\n"
    return title + report.engines.map { "\n" + text(of: $0) }.joined()
  }

  private func text(of rates: ProductRates) -> String {
    let name = TextStyle.bold.applied(to: rates.engine, on: terminal)
    return "\(name) (\(rates.kernels)), \(rates.precision.rawValue), "
      + "\(BenchmarkText.threads(rates.threads))\n\n" + table(of: rates) + "\n"
      + "a step's products take \(Format.seconds(rates.secondsOfStep)) alone: "
      + "\(BenchmarkText.gflops(rates.gflops)) Gflop/s\n"
  }

  private func table(of rates: ProductRates) -> String {
    var table = TextTable(columns: [
      .init("weight", alignment: .leading),
      .init("product", alignment: .leading),
      .init("rows"), .init("columns"), .init("inner"),
      .init("times", dropRank: 1), .init("time", dropRank: 2), .init("Gflop/s"),
      .init("", alignment: .leading, dropRank: 0, style: .cyan),
    ])
    let most = rates.products.map(\.gflops).max() ?? 1
    var last: ProductRates.Product?
    for product in rates.products {
      let isNew = product.matrix != last?.matrix
      table.append([
        isNew ? product.matrix.rawValue : "",
        isNew || product.direction != last?.direction ? product.direction.rawValue : "",
        Format.grouped(product.rows), Format.grouped(product.columns),
        Format.grouped(product.inner), Format.grouped(product.products),
        Format.seconds(product.seconds), BenchmarkText.gflops(product.gflops),
        BenchmarkText.bar(product.gflops / most, width: Self.barWidth, for: terminal),
      ])
      last = product
    }
    return table.rendered(for: terminal)
  }
}
