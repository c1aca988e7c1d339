import Foundation

/// What a person sees of the runs in a folder: all of them, one, or two side by side.
///
/// Each view is a text of whole lines, made for a terminal and nothing else.
public enum RunViews {
  /// The rows of a table spread over a run: with chart and summary they fill a screen.
  static let spreadRowCount = 12

  /// Returns a table of all runs, the one written to last at the top.
  ///
  /// A run whose log is broken has a row of its own, and what is wrong stands below the table.
  ///
  /// - Parameters:
  ///   - plannedStepCount: the last step of a run, where it is known, to tell a finished one.
  ///   - isTraining: whether a process trains a run, where that is known.
  ///   - now: the moment that states are judged at.
  /// - Throws: `TerminalError.unreadable` for the folder, and `noRuns`.
  public static func table(
    of folder: RunsFolder, plannedStepCount: (String) -> Int? = { _ in nil },
    isTraining: (String) -> Bool? = { _ in nil }, now: Date = Date(),
    timeZone: TimeZone = .current, for terminal: TerminalCapabilities
  ) throws -> String {
    let names = try folder.runNames()
    guard !names.isEmpty else { throw TerminalError.noRuns(folder: folder.path) }
    var rows: [(cells: [String], state: RunState, lastActivity: Date)] = []
    var notes: [String] = []
    for name in names {
      do {
        let history = try RunHistory(name: name, metricsPath: folder.metricsPath(ofRun: name))
        let state = RunState(
          of: history, plannedStepCount: plannedStepCount(name), isTraining: isTraining(name),
          now: now)
        let cells = cells(of: history, state: state, timeZone: timeZone, for: terminal)
        rows.append((cells, state, history.lastActivity ?? .distantPast))
      } catch let error as TerminalError {
        let absent = Array(repeating: terminal.absentValue, count: 6)
        rows.append(([name] + absent + [RunState.broken.rawValue], .broken, .distantPast))
        notes += DisplayWidth.wrapped(error.description, to: terminal.width)
      }
    }
    var table = TextTable(columns: [
      .init("run", alignment: .leading, minimumWidth: 16, truncation: .middle),
      .init("steps"), .init("tokens", dropRank: 3), .init("loss"), .init("best", dropRank: 2),
      .init("tokens/s", dropRank: 1), .init("last activity", alignment: .leading, dropRank: 0),
      .init("state", alignment: .leading),
    ])
    // Sorting is stable by the names' order, so that equal moments do not shuffle the rows.
    let order = rows.indices.sorted {
      (rows[$1].lastActivity, $0) < (rows[$0].lastActivity, $1)
    }
    for index in order { table.append(rows[index].cells, style: style(of: rows[index].state)) }
    let footer = notes.isEmpty ? "" : "\n" + notes.joined(separator: "\n") + "\n"
    return table.rendered(for: terminal) + footer
  }

  /// Cuts the steep start of a loss curve off the chart where it would flatten all the rest.
  ///
  /// A loss falls further in the first steps than in all that follow, and what people compare is
  /// what follows. The chart ends above all but the highest 2 % of the losses after the first 5 %
  /// of the run if that at least doubles the scale, and its title says so.
  package static func hideStart(of plot: inout CurvePlot) {
    let points = plot.series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
    // Few steps are all of interest.
    guard points.count >= 100, let first = points.map(\.x).min(),
      let last = points.map(\.x).max(), let lowest = points.map(\.y).min(),
      let highest = points.map(\.y).max()
    else { return }
    let later = points.filter { $0.x >= first + 0.05 * (last - first) }.map(\.y).sorted()
    guard !later.isEmpty else { return }
    let limit = later[later.count * 98 / 100]
    guard limit > lowest, highest - lowest > 2 * (limit - lowest) else { return }
    plot.verticalLimit = limit
    plot.title += " (above \(Format.decimal(limit, places: 2)) not shown)"
  }

  private static func cells(
    of history: RunHistory, state: RunState, timeZone: TimeZone, for terminal: TerminalCapabilities
  ) -> [String] {
    let absent = terminal.absentValue
    return [
      history.name,
      Format.grouped(history.lastStep),
      Format.abbreviated(Double(history.tokens), keepsZeros: true),
      history.lastLoss.map { Format.decimal($0, places: 4) } ?? absent,
      history.bestLoss.map { Format.decimal($0, places: 4) } ?? absent,
      history.medianTokensPerSecond.map { Format.grouped($0) } ?? absent,
      history.lastActivity.map { Format.date($0, timeZone: timeZone) } ?? absent,
      state.rawValue,
    ]
  }

  private static func style(of state: RunState) -> TextStyle? {
    switch state {
    case .active: .green
    case .broken, .interrupted: .red
    case .finished, .idle: nil
    }
  }
}
