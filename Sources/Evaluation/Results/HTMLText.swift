import Terminal

/// Pieces of HTML and SVG. Whatever comes from a file passes through ``escaped(_:)``.
enum HTMLText {
  /// Returns text that stands for itself in HTML, in an element or in a quoted attribute.
  ///
  /// Control characters, which HTML does not allow, and bidirectional overrides, which would reorder
  /// what stands beside, become U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in DisplayWidth.printable(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A coordinate: two decimals are finer than any screen.
  static func place(_ value: Double) -> String { Format.decimal(value, places: 2) }

  /// A label that stands in a drawing.
  static func label(
    _ text: String, x: Double, y: Double, anchor: String = "start", kind: String = "label"
  ) -> String {
    "<text class=\"\(kind)\" x=\"\(place(x))\" y=\"\(place(y))\" text-anchor=\"\(anchor)\">"
      + "\(escaped(text))</text>\n"
  }

  static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, kind: String
  ) -> String {
    "<line class=\"\(kind)\" x1=\"\(place(x1))\" y1=\"\(place(y1))\" "
      + "x2=\"\(place(x2))\" y2=\"\(place(y2))\"/>\n"
  }

  /// A score as a reader of tables knows it.
  static func score(_ value: Double) -> String { Format.decimal(value, places: 4) }

  /// A drawing with its name and description for those who do not see it.
  static func drawing(
    _ body: String, id: String, title: String, description: String, width: Double,
    height: Double
  ) -> String {
    """
    <svg viewBox="0 0 \(place(width)) \(place(height))" role="img" \
    aria-labelledby="\(id)-title \(id)-text">
    <title id="\(id)-title">\(escaped(title))</title>
    <desc id="\(id)-text">\(escaped(description))</desc>
    \(body)</svg>

    """
  }
}

/// A linear map of values to places.
struct PlotAxis {
  let lower: Double
  let upper: Double
  let start: Double
  let end: Double
  let ticks: AxisTicks

  /// - Parameters:
  ///   - values: What must find place; not finite values are passed over.
  ///   - step: What the bounds are rounded to; the bounds of the values themselves where it is nil.
  init(
    _ values: [Double], from start: Double, to end: Double, step: Double? = nil, tickCount: Int
  ) {
    let finite = values.filter(\.isFinite)
    var (lower, upper) = (finite.min() ?? 0, finite.max() ?? 1)
    if let step {
      lower = (lower / step).rounded(.down) * step
      upper = (upper / step).rounded(.up) * step
    }
    if !(upper > lower) { (lower, upper) = (lower - 0.5, lower + 0.5) }
    self.lower = lower
    self.upper = upper
    self.start = start
    self.end = end
    ticks = AxisTicks(from: lower, to: upper, count: tickCount, scale: .linear)
  }

  func place(_ value: Double) -> Double {
    start + (min(upper, max(lower, value)) - lower) / (upper - lower) * (end - start)
  }
}
