extension RunViews {
  /// Returns two runs in one chart, their losses at equal counts of tokens, and their scores.
  ///
  /// Runs differ in batch and speed; tokens seen are what they have in common. Single steps are
  /// too noisy to subtract, so a row gives the means since the row above.
  ///
  /// - Throws: as `RunsFolder.history(ofRun:)`.
  public static func comparison(
    of first: String, with second: String, in folder: RunsFolder, for terminal: TerminalCapabilities
  ) throws -> String {
    let histories = [try folder.history(ofRun: first), try folder.history(ofRun: second)]
    var plot = CurvePlot(
      title: "cross entropy", horizontalTitle: "tokens",
      series: histories.map { $0.curve(over: \.tokens, of: crossEntropy) }, rowCount: 16)
    hideStart(of: &plot)
    let rows = equalTokenRows(histories[0].records, histories[1].records)
    let absent = terminal.absentValue
    var table = TextTable(columns: [
      .init("tokens"),
      .init(first, minimumWidth: 11, truncation: .middle),
      .init(second, minimumWidth: 11, truncation: .middle),
      .init("difference", style: .bold),
    ])
    for row in rows {
      table.append([
        Format.abbreviated(Double(row.tokens), keepsZeros: true),
        row.first.map { Format.decimal($0, places: 4) } ?? absent,
        row.second.map { Format.decimal($0, places: 4) } ?? absent,
        row.difference.map { Format.signed($0, places: 4) } ?? absent,
      ])
    }
    let notes = verdict(rows, first, second).flatMap {
      DisplayWidth.wrapped($0, to: terminal.width)
    }
    let scores = scoreComparison(of: (histories[0], histories[1]), for: terminal)
    return plot.rendered(for: terminal) + "\n"
      + (rows.isEmpty ? "" : table.rendered(for: terminal) + "\n")
      + notes.joined(separator: "\n") + "\n" + (scores.isEmpty ? "" : "\n" + scores)
  }

  /// The mean cross entropies of two runs over the same stretch of tokens.
  package struct EqualTokenRow: Equatable {
    package var tokens: Int
    package var first: Double?
    package var second: Double?

    package var difference: Double? {
      guard let first, let second else { return nil }
      return second - first
    }
  }

  /// Returns the rows that divide what both runs have seen into equal stretches.
  package static func equalTokenRows(
    _ first: [MetricsRecord], _ second: [MetricsRecord]
  ) -> [EqualTokenRow] {
    guard let end = [first.last?.tokens, second.last?.tokens].compactMap({ $0 }).min(),
      let start = [first.first?.tokens, second.first?.tokens].compactMap({ $0 }).max(),
      start <= end, start >= 0, !first.isEmpty, !second.isEmpty
    else { return [] }
    let common = [first, second].map { $0.count { $0.tokens >= start && $0.tokens <= end } }
    let count = max(1, min(spreadRowCount, common.min() ?? 1))
    // From just before the first step that both have seen, so that the first row is not empty.
    let origin = Double(start) - 1
    let width = (Double(end) - origin) / Double(count)
    let means = [first, second].map { stretchMeans($0, from: origin, width: width, count: count) }
    return (0..<count).map { index in
      let border = origin + width * Double(index + 1)
      let tokens = index == count - 1 || border >= Double(end) ? end : Int(border)
      return EqualTokenRow(tokens: tokens, first: means[0][index], second: means[1][index])
    }
  }

  private static func stretchMeans(
    _ records: [MetricsRecord], from origin: Double, width: Double, count: Int
  ) -> [Double?] {
    var sums = Array(repeating: (total: 0.0, count: 0), count: count)
    for record in records {
      guard let value = crossEntropy(record), value.isFinite else { continue }
      let stretch = ((Double(record.tokens) - origin) / width).rounded(.up) - 1
      guard stretch >= 0, stretch < Double(count) else { continue }
      sums[Int(stretch)].total += value
      sums[Int(stretch)].count += 1
    }
    return sums.map { $0.count > 0 ? $0.total / Double($0.count) : nil }
  }

  private static func crossEntropy(_ record: MetricsRecord) -> Double? {
    record.crossEntropy ?? record.loss
  }

  private static func verdict(_ rows: [EqualTokenRow], _ first: String, _ second: String)
    -> [String]
  {
    guard let last = rows.last(where: { $0.difference != nil }), let difference = last.difference
    else {
      return ["The runs have no stretch of tokens in common, so there is nothing to compare."]
    }
    let isEqual = Format.signed(difference, places: 4) == Format.decimal(0, places: 4)
    let amount = Format.decimal(abs(difference), places: 4)
    let tokens = Format.abbreviated(Double(last.tokens))
    let names = (DisplayWidth.printable(first), DisplayWidth.printable(second))
    let comparison =
      isEqual
      ? "\(names.1) and \(names.0) are equal to four decimals."
      : "\(names.1) is \(amount) \(difference < 0 ? "lower" : "higher") than \(names.0)."
    return [
      "Each row is the mean since the row above; below zero the second run is the better one.",
      "At \(tokens) tokens \(comparison)",
    ]
  }
}
