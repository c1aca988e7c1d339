import Corpora
import Experiments
import Terminal

/// What a pass over a corpus counted, for people: a row a source, and where the rest went.
struct CorpusCountView {
  let count: CorpusCount
  let terminal: TerminalCapabilities

  init(_ count: CorpusCount, terminal: TerminalCapabilities) {
    self.count = count
    self.terminal = terminal
  }

  var text: String {
    let total = count.total
    let facts = [
      (
        "rows",
        "\(Format.grouped(count.rows)) of \(Format.grouped(count.sequenceLength)) tokens, "
          + "\(Format.percent(filled, places: 2)) filled"
      ),
      ("tokens", "\(Format.grouped(total.tokensUsed)) to train on"),
      (
        "speed",
        "\(Format.grouped(count.tokensPerSecond)) tokens/s, "
          + "\(Format.bytes(Int(count.textBytesPerSecond)))/s of text, "
          + (count.readers == 0 ? "one thread" : "\(count.readers) readers")
      ),
    ]
    return table.rendered(for: terminal) + "\n" + dropped(total)
      + BenchmarkText.pairs(facts, for: terminal)
  }

  private var filled: Double {
    let total = count.total
    return Double(total.tokensUsed) / Double(max(1, total.tokensUsed + total.tokensPadded))
  }

  private var table: TextTable {
    var table = TextTable(columns: [
      .init("source", alignment: .leading, minimumWidth: 8), .init("documents"), .init("kept"),
      .init("text"), .init("tokens"), .init("used"), .init("padded", dropRank: 1),
      .init("cropped", dropRank: 2),
    ])
    func row(_ name: String, _ counts: CorpusCounts) -> [String] {
      [
        name, Format.grouped(counts.documentsRead), Format.grouped(counts.documentsKept),
        Format.bytes(counts.textBytesRead), Format.grouped(counts.tokensRead),
        Format.grouped(counts.tokensUsed), Format.grouped(counts.tokensPadded),
        Format.grouped(counts.tokensDropped),
      ]
    }
    for source in count.sources { table.append(row(source.name, source.counts)) }
    if count.sources.count > 1 { table.append(row("all", count.total)) }
    return table
  }

  private func dropped(_ total: CorpusCounts) -> String {
    let reasons = [
      ("pieces with too few characters", total.piecesWithTooFewCharacters),
      ("pieces with too few tokens", total.piecesWithTooFewTokens),
      ("pieces that repeat themselves", total.piecesWithRepetitions),
      ("documents with text of evaluations", total.documentsContaminated),
      ("documents that were there before", total.documentsDuplicated),
      ("documents almost there before", total.documentsNearlyDuplicated),
      ("malformed records", total.malformedLinesSkipped),
    ].filter { $0.1 > 0 }
    guard !reasons.isEmpty else { return "" }
    return "dropped\n"
      + BenchmarkText.pairs(reasons.map { ($0.0, Format.grouped($0.1)) }, for: terminal) + "\n"
  }
}
