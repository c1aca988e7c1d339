extension RunViews {
  /// The quantity drawn below the loss of a run.
  public enum LowerCurve: Sendable {
    case learningRate
    case gradientNorm
  }

  /// Returns one run: its curves, a table of steps spread over it, its scores, and a summary.
  ///
  /// - Throws: as `RunsFolder.history(ofRun:)`.
  public static func detail(
    of name: String, in folder: RunsFolder, below lowerCurve: LowerCurve = .learningRate,
    for terminal: TerminalCapabilities
  ) throws -> String {
    let history = try folder.history(ofRun: name)
    let curves = curves(of: history, below: lowerCurve, for: terminal) + "\n"
    return [
      curves + scoreCharts(of: history, for: terminal) + spreadTable(of: history, for: terminal),
      history.scores.isEmpty ? nil : scoreTable(of: history, for: terminal),
      summary(of: history, for: terminal),
    ].compactMap { $0 }.joined(separator: "\n")
  }

  private static func curves(
    of history: RunHistory, below lowerCurve: LowerCurve, for terminal: TerminalCapabilities
  ) -> String {
    var upper = CurvePlot(
      title: "cross entropy of \(history.name)", horizontalTitle: "step",
      series: [history.curve(over: \.step, of: { $0.crossEntropy ?? $0.loss })], rowCount: 12)
    var lower =
      switch lowerCurve {
      case .learningRate:
        CurvePlot(
          title: "learning rate", horizontalTitle: "step",
          series: [history.curve(over: \.step, of: \.learningRate)], rowCount: 5)
      case .gradientNorm:
        // Norms of a run spread over decades: one spike would flatten all the rest.
        CurvePlot(
          title: "gradient norm", horizontalTitle: "step",
          series: [history.curve(over: \.step, of: \.gradientNorm)], verticalScale: .logarithmic,
          rowCount: 5)
      }
    hideStart(of: &upper)
    // Both axes begin in the same column, so that a step stands below itself.
    let labelWidth = max(
      upper.naturalLabelWidth(for: terminal), lower.naturalLabelWidth(for: terminal))
    upper.labelWidth = labelWidth
    lower.labelWidth = labelWidth
    return upper.rendered(for: terminal) + "\n" + lower.rendered(for: terminal)
  }

  private static func spreadTable(
    of history: RunHistory, for terminal: TerminalCapabilities
  ) -> String {
    var table = TextTable(columns: [
      .init("step"), .init("tokens", dropRank: 4), .init("loss"),
      .init("cross entropy", dropRank: 5), .init("z-loss", dropRank: 0),
      .init("learning rate", dropRank: 2), .init("grad norm", dropRank: 3), .init("tokens/s"),
      .init("time", dropRank: 1),
    ])
    var (elapsed, next) = (0.0, 0)
    let shown = spreadIndices(count: history.records.count)
    for (index, record) in history.records.enumerated() {
      elapsed += record.seconds
      guard next < shown.count, shown[next] == index else { continue }
      next += 1
      func number(_ value: Double?, _ places: Int) -> String {
        value.map { Format.decimal($0, places: places) } ?? terminal.absentValue
      }
      let cells = [
        Format.grouped(record.step), Format.abbreviated(Double(record.tokens), keepsZeros: true),
        record.isSkipped ? "skipped" : number(record.loss, 4), number(record.crossEntropy, 4),
        record.zLoss.map { Format.scientific($0) } ?? terminal.absentValue,
        Format.scientific(record.learningRate), number(record.gradientNorm, 3),
        Format.grouped(record.tokensPerSecond), Format.duration(seconds: elapsed),
      ]
      table.append(cells, style: record.isSkipped ? .yellow : nil)
    }
    return table.rendered(for: terminal)
  }

  /// Returns the rows to show of `count`, the first and the last among them, evenly spread.
  package static func spreadIndices(count: Int) -> [Int] {
    guard count > spreadRowCount else { return Array(0..<count) }
    let last = spreadRowCount - 1
    return (0...last).map { Int((Double($0) * Double(count - 1) / Double(last)).rounded()) }
  }

  private static func summary(
    of history: RunHistory, for terminal: TerminalCapabilities
  ) -> String {
    let absent = terminal.absentValue
    func loss(_ value: Double?) -> String {
      value.map { Format.decimal($0, places: 4) } ?? absent
    }
    var entries = [
      ("total time", Format.duration(seconds: history.totalSeconds)),
      ("median step", history.medianSeconds.map { Format.seconds($0) } ?? absent),
      ("tokens", Format.grouped(history.tokens)),
      (
        "median speed",
        history.medianTokensPerSecond.map { Format.grouped($0) + " tokens/s" } ?? absent
      ),
      ("loss", "\(loss(history.lastLoss)) last, \(loss(history.bestLoss)) best"),
      ("skipped steps", Format.grouped(history.skippedCount)),
      ("peak memory", Format.bytes(history.peakResidentBytes)),
    ]
    if history.evaluationCount > 0 {
      let seconds = history.evaluationSeconds
      let share = history.totalSeconds > 0 ? seconds / history.totalSeconds : nil
      let times = history.evaluationCount == 1 ? "once" : "\(history.evaluationCount) times"
      entries.append(
        (
          "evaluation",
          "\(times), \(Format.duration(seconds: seconds))"
            + (share.map { ", \(Format.decimal(100 * $0, places: 1))% of training's time" } ?? "")
        ))
    }
    if history.replacedCount > 0 {
      entries.append(("repeated", "\(Format.grouped(history.replacedCount)) steps, after a resume"))
    }
    if history.ending == .cut {
      entries.append(("log", "ends in the middle of a line"))
    }
    let labelWidth = entries.map { DisplayWidth.of($0.0) }.max() ?? 0
    let lines = entries.map { label, value in
      let styled = TextStyle.faint.applied(to: label, on: terminal)
      let room = terminal.width - labelWidth - 2
      return styled + DisplayWidth.padding(label, to: labelWidth + 2)
        + DisplayWidth.truncated(value, to: room, marker: terminal.ellipsis) + "\n"
    }
    return lines.joined()
  }
}
