import Corpora
import Experiments
import Foundation
import Terminal

/// The numbers of a source's documents, for people.
struct CorpusInspectionView {
  let inspection: CorpusInspection
  let terminal: TerminalCapabilities

  init(_ inspection: CorpusInspection, terminal: TerminalCapabilities) {
    self.inspection = inspection
    self.terminal = terminal
  }

  private var statistics: CorpusStatistics { inspection.statistics }

  var text: String {
    TextStyle.bold.applied(to: inspection.name, on: terminal) + "\n"
      + BenchmarkText.pairs(facts, for: terminal) + "\n" + lengths.rendered(for: terminal) + "\n"
      + histogram.rendered(for: terminal)
  }

  private var facts: [(String, String)] {
    let text = statistics.text
    let scripts = text.writingSystems.prefix(4).map {
      "\($0.system.rawValue) \(Format.percent($0.share, places: 1))"
    }.joined(separator: ", ")
    var facts = [
      ("files", "\(Format.grouped(inspection.files)) of \(Format.bytes(inspection.fileBytes))"),
      (
        "documents",
        Format.grouped(statistics.documents)
          + (inspection.isWhole ? ", all there are" : ", the first of more")
      ),
      ("text", Format.bytes(text.bytes)),
      ("scripts", scripts.isEmpty ? "none" : scripts),
      (
        "made of",
        "\(Format.percent(text.asciiShare, places: 1)) ASCII, "
          + "\(Format.percent(text.digitShare, places: 1)) digits, "
          + "\(Format.percent(text.whiteSpaceShare, places: 1)) white space, "
          + "\(Format.decimal(text.meanWordLength, places: 1)) characters a word"
      ),
    ]
    if let bytesPerToken = statistics.bytesPerToken {
      facts.append(("bytes a token", Format.decimal(bytesPerToken, places: 2)))
    }
    if inspection.malformedRecords > 0 {
      facts.append(("malformed", "\(Format.grouped(inspection.malformedRecords)) records"))
    }
    return facts
  }

  private var lengths: TextTable {
    var table = TextTable(columns: [
      .init("a document", alignment: .leading), .init("least"), .init("10%"), .init("median"),
      .init("mean"), .init("90%"), .init("99%", dropRank: 0), .init("most"),
    ])
    for (name, sketch) in [
      ("bytes", statistics.byteLengths), ("characters", statistics.characterLengths),
      ("words", statistics.wordLengths), ("tokens", statistics.tokenLengths),
    ] where sketch.count > 0 {
      func quantile(_ share: Double) -> String { Format.grouped(sketch.quantile(share) ?? 0) }
      table.append([
        name, quantile(0), quantile(0.1), quantile(0.5), Format.grouped(sketch.mean),
        quantile(0.9), quantile(0.99), quantile(1),
      ])
    }
    return table
  }

  private var histogram: HistogramPlot {
    let hasTokens = statistics.tokenLengths.count > 0
    let sketch = hasTokens ? statistics.tokenLengths : statistics.byteLengths
    return HistogramPlot(
      title: "\(hasTokens ? "tokens" : "bytes") a document",
      bars: sketch.histogram.map { bin in
        HistogramPlot.Bar(
          "\(Format.grouped(bin.range.lowerBound))–\(Format.grouped(bin.range.upperBound))",
          value: Double(bin.count), note: Format.grouped(bin.count))
      })
  }
}
