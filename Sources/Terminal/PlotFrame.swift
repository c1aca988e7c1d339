import Foundation

/// The geometry of a chart: ranges, ticks, labels and the points that are drawn.
///
/// Places are worked out on the scaled axes (logarithms on a logarithmic one), means on values.
struct PlotFrame {
  /// The width of the plotted area in characters.
  let columns: Int
  /// The width of the labels at the left.
  let labelColumns: Int
  /// The points of each series, ascending, scaled, at most one a column of dots if there are many.
  let points: [[CurvePlot.Point]]

  private let plot: CurvePlot
  private let terminal: TerminalCapabilities
  private let horizontal: ClosedRange<Double>
  private let vertical: ClosedRange<Double>
  private let horizontalTicks: AxisTicks
  private let rowLabels: [Int: String]

  /// Works out a chart of a width; nil if there is no point to draw.
  init?(_ plot: CurvePlot, width: Int, for terminal: TerminalCapabilities) {
    let usable = plot.series.map { series in
      series.points.filter {
        Self.isUsable($0.x, plot.horizontalScale) && Self.isUsable($0.y, plot.verticalScale)
      }
      .sorted { $0.x < $1.x }
    }
    let places = usable.joined().map { Self.scaled($0.x, plot.horizontalScale) }
    guard let horizontal = Self.range(of: places, plot.horizontalScale) else { return nil }

    // The labels' width decides how many columns of dots there are, and so which means are
    // drawn and how wide the labels are: the means of the widest area settle the range.
    let limit = plot.verticalLimit.map { Self.scaled($0, plot.verticalScale) } ?? .infinity
    func reduced(_ dotColumns: Int) -> [[CurvePlot.Point]] {
      usable.map { points in
        Self.bucketMeans(points, count: dotColumns, horizontal, plot).filter { $0.y <= limit }
      }
    }
    func ticks(_ range: ClosedRange<Double>) -> AxisTicks {
      let bounds = [range.lowerBound, range.upperBound].map { Self.value($0, plot.verticalScale) }
      // A label every third line or so: more would be a wall of numbers.
      return AxisTicks(
        from: bounds[0], to: bounds[1], count: max(2, plot.rowCount / 3), scale: plot.verticalScale)
    }
    let dotsPerColumn = terminal.usesUnicode ? 2 : 1
    guard
      let vertical = Self.range(
        of: reduced(width * dotsPerColumn).joined().map(\.y), plot.verticalScale)
    else {
      return nil
    }
    let verticalTicks = ticks(vertical)
    let widest = verticalTicks.labels.map(DisplayWidth.of).max() ?? 0
    let title = DisplayWidth.printable(plot.horizontalTitle)
    let labelColumns = max(widest, DisplayWidth.of(title), plot.labelWidth)
    self.labelColumns = min(labelColumns, width / 2)
    columns = width - self.labelColumns - 2
    points = reduced(columns * dotsPerColumn)
    self.vertical = vertical
    self.horizontal = horizontal
    self.plot = plot
    self.terminal = terminal

    var rowLabels: [Int: String] = [:]
    for (value, label) in zip(verticalTicks.values, verticalTicks.labels) {
      let row = Self.place(
        Self.scaled(value, plot.verticalScale), in: vertical, count: plot.rowCount)
      rowLabels[plot.rowCount - 1 - row] = label
    }
    self.rowLabels = rowLabels
    // A label of up to six characters with as much air around it.
    horizontalTicks = AxisTicks(
      from: Self.value(horizontal.lowerBound, plot.horizontalScale),
      to: Self.value(horizontal.upperBound, plot.horizontalScale),
      count: max(2, columns / 12), scale: plot.horizontalScale)
  }

  /// Returns the dot that shows a scaled point.
  func dot(_ point: CurvePlot.Point, on canvas: DotCanvas) -> (x: Int, y: Int) {
    let x = Self.place(point.x, in: horizontal, count: canvas.dotColumns)
    let y = Self.place(point.y, in: vertical, count: canvas.dotRows)
    return (x, canvas.dotRows - 1 - y)
  }

  /// Returns a line's label and the vertical axis.
  func leftMargin(row: Int) -> String {
    let label = DisplayWidth.truncated(
      rowLabels[row] ?? "", to: labelColumns, marker: terminal.ellipsis)
    let axis =
      switch (rowLabels[row] != nil, terminal.usesUnicode) {
      case (true, true): "┤"
      case (false, true): "│"
      case (true, false): "+"
      case (false, false): "|"
      }
    return DisplayWidth.padding(label, to: labelColumns) + label + " " + axis
  }

  /// Returns the horizontal axis and, below it, its title and labels.
  func horizontalAxis() -> String {
    let (corner, rule, tick) = terminal.usesUnicode ? ("└", "─", "┬") : ("+", "-", "+")
    var axis = Array(repeating: rule, count: columns)
    var labels = ""
    for (value, label) in zip(horizontalTicks.values, horizontalTicks.labels) {
      let column = Self.place(
        Self.scaled(value, plot.horizontalScale), in: horizontal, count: columns)
      // Centred on its tick, but inside the chart; two spaces from its neighbour.
      let start = max(0, min(columns - label.utf8.count, column - label.utf8.count / 2))
      let gap = start - labels.utf8.count
      guard gap >= (labels.isEmpty ? 0 : 2) else { continue }
      axis[column] = tick
      labels += String(repeating: " ", count: gap) + label
    }
    let title = DisplayWidth.truncated(
      DisplayWidth.printable(plot.horizontalTitle), to: labelColumns, marker: terminal.ellipsis)
    return String(repeating: " ", count: labelColumns + 1) + corner + axis.joined() + "\n"
      + DisplayWidth.padding(title, to: labelColumns) + title + "  " + labels + "\n"
  }

  /// Returns the scaled points, or the means of `count` equal stretches of the axis if there are
  /// more points than that.
  private static func bucketMeans(
    _ points: [CurvePlot.Point], count: Int, _ range: ClosedRange<Double>, _ plot: CurvePlot
  ) -> [CurvePlot.Point] {
    guard points.count > count else {
      return points.map {
        .init(x: scaled($0.x, plot.horizontalScale), y: scaled($0.y, plot.verticalScale))
      }
    }
    var buckets = Array(repeating: (x: 0.0, y: 0.0, count: 0), count: count)
    for point in points {
      let x = scaled(point.x, plot.horizontalScale)
      let index = place(x, in: range, count: count)
      buckets[index].count += 1
      let weight = 1 / Double(buckets[index].count)
      buckets[index].x += (x - buckets[index].x) * weight
      buckets[index].y += (point.y - buckets[index].y) * weight
    }
    return buckets.filter { $0.count > 0 }.map {
      .init(x: $0.x, y: scaled($0.y, plot.verticalScale))
    }
  }

  /// Whether a value can be drawn; the limit keeps the difference of two of them finite.
  private static func isUsable(_ value: Double, _ scale: CurvePlot.Scale) -> Bool {
    abs(value) < 1e300 && (scale == .linear || value > 1e-300)
  }

  private static func scaled(_ value: Double, _ scale: CurvePlot.Scale) -> Double {
    scale == .linear ? value : log10(value)
  }

  private static func value(_ place: Double, _ scale: CurvePlot.Scale) -> Double {
    scale == .linear ? place : pow(10, place)
  }

  /// Returns the range of scaled values, widened where they are so much the same that a double
  /// cannot divide what lies between; nil if there are none.
  ///
  /// It is widened by a tenth of the value, or on a logarithmic axis by half a decade.
  private static func range(
    of values: [Double], _ scale: CurvePlot.Scale
  ) -> ClosedRange<Double>? {
    guard let low = values.min(), let high = values.max() else { return nil }
    let magnitude = scale == .linear ? max(abs(low), abs(high)) : 1
    if high - low > magnitude * 1e-9, high - low > 1e-290 { return low...high }
    let margin = scale == .logarithmic ? 0.5 : magnitude < 1e-280 ? 1 : magnitude * 0.1
    return (low - margin)...(high + margin)
  }

  /// Returns the place of a value among `count` equal ones from the lower bound to the upper.
  private static func place(_ value: Double, in range: ClosedRange<Double>, count: Int) -> Int {
    let fraction = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return min(count - 1, max(0, Int((fraction * Double(count - 1)).rounded())))
  }
}
