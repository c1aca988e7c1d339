/// Horizontal bars with a label before and a number behind each, for terminals of 40 to 200 columns.
///
/// Bars are drawn to an eighth of a column where the locale is UTF-8, and of `#` elsewhere. The
/// longest takes all the room there is; one that is not zero is never empty.
public struct HistogramPlot: Sendable {
  /// A bar.
  public struct Bar: Sendable, Equatable {
    /// What it stands for.
    public var label: String
    /// How long it is, against the others; nothing is drawn if it is negative or not finite.
    public var value: Double
    /// What is written behind it.
    public var note: String

    /// Creates a bar.
    public init(_ label: String, value: Double, note: String) {
      self.label = label
      self.value = value
      self.note = note
    }
  }

  /// What stands above the bars.
  public var title: String
  public var bars: [Bar]

  /// Creates a chart.
  public init(title: String, bars: [Bar]) {
    self.title = title
    self.bars = bars
  }

  /// Returns the chart, each line ended, none wider than the terminal or 200 columns; a terminal of
  /// fewer than 40 gets 40.
  public func rendered(for terminal: TerminalCapabilities) -> String {
    let width = min(200, max(40, terminal.width))
    func fitted(_ text: String, _ columns: Int) -> String {
      DisplayWidth.truncated(
        DisplayWidth.printable(text), to: columns, at: .middle, marker: terminal.ellipsis)
    }
    let title = fitted(title, width)
    var text = title.isEmpty ? "" : TextStyle.bold.applied(to: title, on: terminal) + "\n"
    if bars.isEmpty { return text + "(no data)\n" }

    // A label or a note may take a third each: a bar is what the chart is for.
    let labels = bars.map { fitted($0.label, width / 3) }
    let notes = bars.map { fitted($0.note, width / 3) }
    let labelColumns = labels.map(DisplayWidth.of).max() ?? 0
    let noteColumns = notes.map(DisplayWidth.of).max() ?? 0
    // The axis and a space on both its sides; a space before the note.
    let room = max(1, width - labelColumns - noteColumns - (noteColumns > 0 ? 4 : 3))
    let longest = bars.map { Self.drawable($0.value) }.max() ?? 0
    let axis = terminal.usesUnicode ? "│" : "|"
    for (index, bar) in bars.enumerated() {
      let share = longest > 0 ? Self.drawable(bar.value) / longest : 0
      let drawn = Self.bar(share, columns: room, for: terminal)
      var line = DisplayWidth.padding(labels[index], to: labelColumns) + labels[index] + " " + axis
      if !drawn.isEmpty { line += " " + TextStyle.cyan.applied(to: drawn, on: terminal) }
      if !notes[index].isEmpty { line += " " + notes[index] }
      text += line + "\n"
    }
    return text
  }

  private static func drawable(_ value: Double) -> Double {
    value.isFinite && value > 0 ? value : 0
  }

  private static func bar(
    _ share: Double, columns: Int, for terminal: TerminalCapabilities
  ) -> String {
    guard share > 0 else { return "" }
    guard terminal.usesUnicode else {
      return String(repeating: "#", count: max(1, Int((share * Double(columns)).rounded())))
    }
    let eighths = max(1, Int((share * Double(columns * 8)).rounded()))
    let tip = eighths % 8 == 0 ? "" : String(Self.tips[eighths % 8 - 1])
    return String(repeating: "█", count: eighths / 8) + tip
  }

  /// One to seven eighths of a column.
  private static let tips: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
}
