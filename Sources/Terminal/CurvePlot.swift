import Foundation

/// A line chart of one or two series in Braille dots, for terminals of 40 to 200 columns.
///
/// A run of a million steps has more points than there are dots: each column of dots shows the
/// mean of the points that fall in it. Points that are not finite, and on a logarithmic axis not
/// positive, are left out. The second series is dotted, so that the two can be told apart
/// without colour. Where the locale is not UTF-8 the dots are `*`, `o` and, for both, `#`.
public struct CurvePlot: Sendable {
  /// How values map to places.
  public enum Scale: Sendable {
    case linear
    case logarithmic
  }

  /// A value and where it was measured.
  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double

    /// Creates a point.
    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// A named line.
  public struct Series: Sendable {
    public var name: String
    public var points: [Point]

    /// Creates a line from points in any order.
    public init(_ name: String, points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  /// What stands above the chart.
  public var title: String
  /// What the horizontal axis counts.
  public var horizontalTitle: String
  public var series: [Series]
  public var horizontalScale: Scale
  public var verticalScale: Scale
  /// The value above which nothing is drawn; nil draws all. It applies to the means.
  public var verticalLimit: Double?
  /// The height of the plotted area in lines.
  public var rowCount: Int
  /// The least room for the labels at the left, to align charts that stand above each other.
  public var labelWidth: Int

  /// Creates a chart; 12 lines by default, half of a terminal's usual 24.
  ///
  /// - Precondition: one or two series, and two lines at least.
  public init(
    title: String, horizontalTitle: String, series: [Series], horizontalScale: Scale = .linear,
    verticalScale: Scale = .linear, verticalLimit: Double? = nil, rowCount: Int = 12,
    labelWidth: Int = 0
  ) {
    precondition((1...2).contains(series.count), "CurvePlot: \(series.count) series, not 1 or 2")
    precondition(rowCount >= 2, "CurvePlot: \(rowCount) lines, not 2 at least")
    self.title = title
    self.horizontalTitle = horizontalTitle
    self.series = series
    self.horizontalScale = horizontalScale
    self.verticalScale = verticalScale
    self.verticalLimit = verticalLimit
    self.rowCount = rowCount
    self.labelWidth = labelWidth
  }

  /// Returns the chart, each line ended.
  ///
  /// It takes the terminal's width, but never more than 200 columns, where an eye loses the
  /// line, or fewer than 40, where there is nothing left to see.
  public func rendered(for terminal: TerminalCapabilities) -> String {
    let width = min(200, max(40, terminal.width))
    var text = heading(width: width, for: terminal)
    guard let frame = PlotFrame(self, width: width, for: terminal) else {
      return text + "(no data)\n"
    }
    var canvas = DotCanvas(
      columns: frame.columns, rows: rowCount, seriesCount: series.count,
      usesBraille: terminal.usesUnicode)
    for (index, points) in frame.points.enumerated() {
      let dots = points.map { frame.dot($0, on: canvas) }
      for (position, dot) in dots.enumerated() {
        // A single point is a line to itself, and never one of the dots that are left out.
        let isDotted = index == 1 && dots.count > 1 && terminal.usesUnicode
        canvas.drawLine(
          from: dots[max(0, position - 1)], to: dot, series: index, isDotted: isDotted)
      }
    }
    for row in 0..<rowCount {
      text += frame.leftMargin(row: row) + line(of: canvas, row: row, for: terminal) + "\n"
    }
    return text + frame.horizontalAxis()
  }

  /// The columns of the vertical axis' labels; that of the wider chart aligns two of them.
  public func naturalLabelWidth(for terminal: TerminalCapabilities) -> Int {
    PlotFrame(self, width: min(200, max(40, terminal.width)), for: terminal)?.labelColumns ?? 0
  }

  private func heading(width: Int, for terminal: TerminalCapabilities) -> String {
    func fitted(_ text: String, _ columns: Int) -> String {
      DisplayWidth.truncated(
        DisplayWidth.printable(text), to: columns, at: .middle, marker: terminal.ellipsis)
    }
    let title = fitted(title, width)
    var text = title.isEmpty ? "" : TextStyle.bold.applied(to: title, on: terminal) + "\n"
    guard series.count == 2 else { return text }
    let samples = terminal.usesUnicode ? ["⠒⠒", "⠂⠂"] : DotCanvas.marks.map { "\($0)\($0)" }
    // Two samples, a space after each, and three spaces between the entries.
    let room = (width - 2 * 3 - 3) / 2
    let entries = series.indices.map { index in
      Self.styles[index].applied(to: samples[index], on: terminal) + " "
        + fitted(series[index].name, room)
    }
    text += entries.joined(separator: "   ") + "\n"
    return text
  }

  private func line(of canvas: DotCanvas, row: Int, for terminal: TerminalCapabilities) -> String {
    var (text, pending) = ("", "")
    for column in 0..<canvas.columns {
      let (character, index) = canvas.cell(column: column, row: row)
      guard character != " " else {
        pending += " "
        continue
      }
      let style = series.count == 2 ? index.map { Self.styles[$0] } : Self.styles[0]
      text += pending + (style?.applied(to: String(character), on: terminal) ?? String(character))
      pending = ""
    }
    return text
  }

  private static let styles: [TextStyle] = [.cyan, .yellow]
}
