import Experiments
import Foundation
import Terminal

/// A benchmark of writing for people, and the peer's figures beside it if there are any.
struct GenerationFiguresView {
  let figures: GenerationFigures
  let comparison: GenerationComparisonFigures?
  let terminal: TerminalCapabilities

  init(
    _ figures: GenerationFigures, _ comparison: GenerationComparisonFigures? = nil,
    terminal: TerminalCapabilities
  ) {
    self.figures = figures
    self.comparison = comparison
    self.terminal = terminal
  }

  var text: String {
    title + "\n" + (comparison.map(table) ?? summary) + (comparison == nil ? "" : "\n" + memory)
      + failure
  }

  private var title: String {
    let name = TextStyle.bold.applied(to: figures.model, on: terminal)
    let texts = figures.batch == 1 ? "" : "\(figures.batch) texts of "
    let parameters = Format.abbreviated(Double(figures.parameters))
    return "\(name): \(parameters) parameters in \(figures.type.rawValue), \(texts)"
      + "\(Format.grouped(figures.prompt)) + \(Format.grouped(figures.new)) tokens\n"
      + "\(figures.processor), \(BenchmarkText.threads(figures.threads))\n"
  }

  private var summary: String {
    var pairs = [("prefill", rate(figures.prefillTokensPerSecond))]
    if let decoding = figures.decodingTokensPerSecond { pairs.append(("writing", rate(decoding))) }
    return BenchmarkText.pairs(pairs, for: terminal) + memory
  }

  private func rate(_ rate: GenerationFigures.Rate) -> String {
    let median = "\(BenchmarkText.rate(rate.median)) tokens/s"
    guard figures.repeats > 1 else { return median }
    return median
      + ", the median of \(figures.repeats) from \(BenchmarkText.rate(rate.least)) to "
      + BenchmarkText.rate(rate.greatest)
  }

  private var memory: String {
    var pairs = [("a step reads", Format.bytes(figures.bytesPerStep))]
    if let bandwidth = figures.bandwidth, let fraction = figures.bandwidthFraction {
      pairs.append(
        (
          "bandwidth",
          "\(Format.bytes(Int(bandwidth)))/s, \(Format.percent(fraction, places: 1)) of the "
            + "\(Format.bytes(Int(figures.machineBandwidth)))/s of plain reading"
        ))
    }
    pairs.append(("memory", "\(Format.bytes(figures.peakResidentBytes)) at the peak"))
    return BenchmarkText.pairs(pairs, for: terminal)
  }

  private func table(_ comparison: GenerationComparisonFigures) -> String {
    var table = TextTable(columns: [
      .init("tokens/s", alignment: .leading), .init("samara"), .init("peer"), .init("ratio"),
      .init("range", alignment: .leading, dropRank: 0),
    ])
    let (absent, dash) = terminal.usesUnicode ? ("—", "–") : ("-", "-")
    for row in [comparison.prefill, comparison.decoding].compactMap({ $0 }) {
      let range = [row.leastRatio, row.greatestRatio].compactMap { $0 }
        .map { Format.decimal($0, places: 2) }
      table.append([
        row.name, BenchmarkText.rate(row.tokensPerSecond),
        row.peerTokensPerSecond.map(BenchmarkText.rate) ?? absent,
        row.ratio.map { Format.decimal($0, places: 2) } ?? absent,
        range.isEmpty ? absent : range.joined(separator: dash),
      ])
    }
    return table.rendered(for: terminal)
      + (comparison.peer.map { "\nthe peer: \($0)\n" } ?? "")
  }

  private var failure: String {
    comparison?.peerFailure.map { "\nThe peer did not run: \($0)\n" } ?? ""
  }
}
