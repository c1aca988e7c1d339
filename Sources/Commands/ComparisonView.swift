import Experiments
import Foundation
import Terminal

/// A comparison with a peer for people: a row a precision.
struct ComparisonView {
  let figures: ComparisonFigures
  let terminal: TerminalCapabilities

  init(_ figures: ComparisonFigures, terminal: TerminalCapabilities) {
    self.figures = figures
    self.terminal = terminal
  }

  var text: String {
    let step = BenchmarkText.step(batch: figures.batch, sequence: figures.sequence, for: terminal)
    let name = TextStyle.bold.applied(to: figures.recipe, on: terminal)
    let rounds = "\(figures.rounds) round\(figures.rounds == 1 ? "" : "s")"
    return "\(name): \(step) a step, \(rounds) of \(figures.steps) steps\n\n" + table + failures
  }

  private var table: String {
    var table = TextTable(columns: [
      .init("", alignment: .leading), .init("tokens/s"), .init("peer's"), .init("ratio"),
      .init("range", alignment: .leading, dropRank: 0), .init("memory"), .init("peer's"),
      .init("ratio"), .init("efficiency", dropRank: 1),
    ])
    for row in figures.precisions { table.append(cells(of: row)) }
    return table.rendered(for: terminal)
  }

  private func cells(of row: ComparisonFigures.AtPrecision) -> [String] {
    let absent = terminal.usesUnicode ? "—" : "-"
    let dash = terminal.usesUnicode ? "–" : "-"
    func ratio(_ value: Double) -> String { Format.decimal(value, places: 2) }
    func cell(_ text: (ComparisonFigures.Peer) -> String) -> String { row.peer.map(text) ?? absent }
    return [
      row.precision.rawValue, BenchmarkText.rate(row.tokensPerSecond),
      cell { BenchmarkText.rate($0.tokensPerSecond) }, cell { ratio($0.ratio) },
      cell { ratio($0.leastRatio) + dash + ratio($0.greatestRatio) },
      Format.bytes(row.peakResidentBytes), cell { Format.bytes($0.peakResidentBytes) },
      cell { ratio($0.memoryRatio) }, Format.percent(row.efficiency, places: 1),
    ]
  }

  private var failures: String {
    figures.precisions.compactMap { row in
      row.peerFailure.map { "\nThe peer did not run at \(row.precision.rawValue): \($0)\n" }
    }.joined()
      + (figures.precisions.contains { $0.peerFailure != nil }
        ? "\n`make peer` makes the environment it needs; Benchmarks/README.md tells more.\n" : "")
  }
}
