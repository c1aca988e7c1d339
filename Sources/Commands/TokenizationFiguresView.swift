import Experiments
import Foundation
import Terminal

/// A tokenizer's benchmark for people: its speed, then how hostile texts grow.
struct TokenizationFiguresView {
  let figures: TokenizationFigures
  let terminal: TerminalCapabilities

  init(_ figures: TokenizationFigures, terminal: TerminalCapabilities) {
    self.figures = figures
    self.terminal = terminal
  }

  var text: String { title + "\n" + rates + "\n" + hostile }

  private var title: String {
    let name = TextStyle.bold.applied(to: figures.tokenizer, on: terminal)
    let size = figures.rates.first.map { Format.bytes($0.bytes) } ?? ""
    return "\(name): \(Format.grouped(figures.vocabulary)) pieces, on \(size) in "
      + "\(Format.grouped(figures.documents)) documents\n\(figures.processor)\n"
  }

  private var rates: String {
    var table = TextTable(columns: [
      .init("threads"), .init("MB/s"), .init("tokens/s"), .init("bytes/token"), .init("time"),
      .init("processor", dropRank: 0),
    ])
    for rate in figures.rates {
      table.append([
        Format.grouped(rate.threads), Self.megabytes(rate.bytesPerSecond),
        Format.grouped(rate.tokensPerSecond),
        Format.decimal(Double(rate.bytes) / Double(max(rate.tokens, 1)), places: 2),
        Format.seconds(rate.seconds), Format.seconds(rate.processorSeconds),
      ])
    }
    return table.rendered(for: terminal)
  }

  private var hostile: String {
    guard let first = figures.hostile.first else { return "" }
    var table = TextTable(columns: [
      .init("hostile text", alignment: .leading, minimumWidth: 12),
      .init("\(Format.grouped(first.bytes)) bytes"),
      .init("\(Format.grouped(4 * first.bytes)) bytes"), .init("growth"), .init("MB/s"),
    ])
    let times = terminal.usesUnicode ? "×" : "x"
    for text in figures.hostile {
      table.append([
        text.text, Format.seconds(text.seconds), Format.seconds(text.fourfoldSeconds),
        Format.decimal(text.growth, places: 1) + times,
        Self.megabytes(Double(4 * text.bytes) / text.fourfoldSeconds),
      ])
    }
    let expected = Format.decimal(first.expectedGrowth, places: 1) + times
    return table.rendered(for: terminal)
      + "\nn log n would grow \(expected), quadratic time 16\(times).\n"
  }

  private static func megabytes(_ bytesPerSecond: Double) -> String {
    let value = bytesPerSecond / 1e6
    return Format.decimal(value, places: value < 100 ? 1 : 0)
  }
}
