extension RunViews {
  /// The charts of scores that a view has room for; the table below them has every score.
  private static let chartCount = 3

  /// Returns the charts of a run's scores, each ended by an empty line; empty where there is
  /// nothing to draw.
  static func scoreCharts(of history: RunHistory, for terminal: TerminalCapabilities) -> String {
    headlines(of: history.scoreCurves).filter { $0[0].records.count > 1 }.prefix(chartCount).map {
      curves in
      CurvePlot(
        title: "\(curves.map(\.metric).joined(separator: " and ")) of \(curves[0].title)",
        horizontalTitle: "step",
        series: curves.map { $0.series($0.metric, over: \.step) }, rowCount: 5
      ).rendered(for: terminal) + "\n"
    }.joined()
  }

  /// Returns the table of a run's scores.
  static func scoreTable(of history: RunHistory, for terminal: TerminalCapabilities) -> String {
    var table = TextTable(columns: [
      .init("task", alignment: .leading, minimumWidth: 14, truncation: .middle),
      .init("metric", alignment: .leading), .init("documents", dropRank: 0),
      .init("chance", dropRank: 2), .init("first", dropRank: 3), .init("best", dropRank: 4),
      .init("at step", dropRank: 1), .init("last"),
    ])
    var task = ""
    for curve in history.scoreCurves {
      let best = curve.best
      table.append([
        curve.title == task ? "" : curve.title, curve.metric,
        Format.grouped(curve.last.documentCount), figure(curve.last.chance, for: terminal),
        figure(curve.records[0].value, for: terminal), figure(best?.value, for: terminal),
        best.map { Format.grouped($0.step) } ?? terminal.absentValue,
        figure(of: curve.last, for: terminal),
      ])
      task = curve.title
    }
    return table.rendered(for: terminal)
  }

  /// Returns the scores that two runs have in common: charts over tokens, and their last ones in a
  /// table; empty where there are none.
  static func scoreComparison(
    of histories: (RunHistory, RunHistory), for terminal: TerminalCapabilities
  ) -> String {
    let (first, second) = (histories.0.scoreCurves, histories.1.scoreCurves)
    let pairs = first.compactMap { curve in
      second.first { $0.isSame(as: curve) }.map { (curve, $0) }
    }
    guard !pairs.isEmpty else { return "" }
    var table = TextTable(columns: [
      .init("task", alignment: .leading, minimumWidth: 8, truncation: .middle),
      .init("metric", alignment: .leading, dropRank: 0),
      .init(histories.0.name, minimumWidth: 11, truncation: .middle),
      .init(histories.1.name, minimumWidth: 11, truncation: .middle),
      .init("difference", style: .bold),
    ])
    for (one, other) in pairs {
      let difference = zipped(one.last.value, other.last.value).map { $1 - $0 }
      table.append([
        one.title, one.metric, figure(of: one.last, for: terminal),
        figure(of: other.last, for: terminal),
        difference.map { Format.signed($0, places: 4) } ?? terminal.absentValue,
      ])
    }
    let tokens = Set(pairs.map { [$0.last.tokens, $1.last.tokens] })
    let counts = tokens.count == 1 ? tokens.first ?? [] : []
    let note =
      counts.count == 2
      ? "The scores are each run's last, at \(Format.abbreviated(Double(counts[0]))) and "
        + "\(Format.abbreviated(Double(counts[1]))) tokens."
      : "The scores are each run's last."
    return comparedCharts(pairs, of: histories, for: terminal) + table.rendered(for: terminal)
      + "\n" + DisplayWidth.wrapped(note, to: terminal.width).joined(separator: "\n") + "\n"
  }

  private static func comparedCharts(
    _ pairs: [(ScoreCurve, ScoreCurve)], of histories: (RunHistory, RunHistory),
    for terminal: TerminalCapabilities
  ) -> String {
    headlines(of: pairs.map(\.0)).compactMap { headline in
      pairs.first { $0.0.isSame(as: headline[0]) }
    }.filter { $0.records.count > 1 && $1.records.count > 1 }.prefix(chartCount).map { pair in
      CurvePlot(
        title: "\(pair.0.metric) of \(pair.0.title)", horizontalTitle: "tokens",
        series: [
          pair.0.series(histories.0.name, over: \.tokens),
          pair.1.series(histories.1.name, over: \.tokens),
        ], rowCount: 8
      ).rendered(for: terminal) + "\n"
    }.joined()
  }

  /// The one or two curves of each task that say most of it, in the order of tasks: bits a byte of a
  /// text, else the first accuracies, which share an axis.
  private static func headlines(of curves: [ScoreCurve]) -> [[ScoreCurve]] {
    var tasks: [String] = []
    for curve in curves where !tasks.contains(curve.title) { tasks.append(curve.title) }
    return tasks.map { task in
      let own = curves.filter { $0.title == task }
      if let bits = own.first(where: { $0.metric == "bits_per_byte" }) { return [bits] }
      let accuracies = own.filter(\.last.higherIsBetter).prefix(2)
      return accuracies.isEmpty ? Array(own.prefix(1)) : Array(accuracies)
    }
  }

  private static func figure(of record: ScoreRecord, for terminal: TerminalCapabilities) -> String {
    let value = figure(record.value, for: terminal)
    guard record.value != nil, let error = record.standardError else { return value }
    return "\(value) \(terminal.usesUnicode ? "±" : "+-") \(Format.decimal(error, places: 4))"
  }

  private static func figure(_ value: Double?, for terminal: TerminalCapabilities) -> String {
    value.map { Format.decimal($0, places: 4) } ?? terminal.absentValue
  }

  private static func zipped(_ first: Double?, _ second: Double?) -> (Double, Double)? {
    guard let first, let second else { return nil }
    return (first, second)
  }
}
