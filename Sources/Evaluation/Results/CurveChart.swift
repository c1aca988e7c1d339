import Foundation
import Terminal

/// A run's score over its training: the points with a band of one standard error, chance as a dashed line,
/// the published score as a thin one.
struct CurveChart {
  let curve: ScoreCurve
  let id: String
  /// The number of the run's colour.
  let series: Int

  private static let (width, height) = (340.0, 210.0)
  private static let (left, right, top, bottom) = (46.0, 326.0, 12.0, 172.0)

  var svg: String {
    let errors = curve.points.map { $0.standardError.flatMap { $0.isFinite ? $0 : nil } ?? 0 }
    let bounds =
      zip(curve.points, errors).flatMap { [$0.value - $1, $0.value + $1] }
      + [curve.chance, curve.reference?.value].compactMap { $0 }
    let span = (bounds.max() ?? 1) - (bounds.min() ?? 0)
    // Room for the name below a line that is the lowest of all.
    let room = curve.chance.map { [$0 - span / 8] } ?? []
    let vertical = PlotAxis(
      bounds + room, from: Self.bottom, to: Self.top, step: Self.step(span), tickCount: 4)
    let horizontal = PlotAxis(
      curve.points.map(\.position), from: Self.left + 8, to: Self.right - 8, tickCount: 4)
    return HTMLText.drawing(
      axes(horizontal, vertical) + references(vertical)
        + line(horizontal, vertical, errors: errors),
      id: id, title: heading, description: description, width: Self.width, height: Self.height)
  }

  /// The task, as the chart's heading has it.
  var heading: String {
    let shots = curve.shots > 0 ? ", \(curve.shots) shots" : ""
    return "\(curve.name) (\(curve.metric)\(shots))"
  }

  /// What bounds are rounded to: half of the power of ten that the span has; nil of no span.
  private static func step(_ span: Double) -> Double? {
    let power = floor(log10(span))
    return power.isFinite ? pow(10, power) / 2 : nil
  }

  private func axes(_ horizontal: PlotAxis, _ vertical: PlotAxis) -> String {
    var body = ""
    for (value, label) in zip(vertical.ticks.values, vertical.ticks.labels) {
      let y = vertical.place(value)
      body += HTMLText.line(Self.left, y, Self.right, y, kind: "grid")
      body += HTMLText.label(label, x: Self.left - 8, y: y + 4, anchor: "end", kind: "tick")
    }
    for (value, label) in zip(horizontal.ticks.values, horizontal.ticks.labels) {
      let x = horizontal.place(value)
      body += HTMLText.line(x, Self.bottom, x, Self.bottom + 4, kind: "chance")
      body += HTMLText.label(label, x: x, y: Self.bottom + 18, anchor: "middle", kind: "tick")
    }
    return body
      + HTMLText.label(
        curve.axis.rawValue, x: Self.right, y: Self.bottom + 34, anchor: "end", kind: "tick")
  }

  /// The lines to compare with, each with its name on the side where the curve is further from it.
  private func references(_ vertical: PlotAxis) -> String {
    var body = ""
    var taken: (isRight: Bool, place: Double)?
    if let reference = curve.reference {
      let y = vertical.place(reference.value)
      let isRight = isFreeAtEnd(reference.value)
      // Above the line where there is room, else below it.
      let place = y - 5 > Self.top + 4 ? y - 5 : y + 13
      body += Self.reference(
        y, kind: "reference", name: "\(reference.model), published", isRight: isRight, at: place)
      taken = (isRight, place)
    }
    if let chance = curve.chance {
      let y = vertical.place(chance)
      let isRight = isFreeAtEnd(chance)
      let isFree = taken.map { $0.isRight != isRight || abs($0.place - (y - 5)) > 12 } ?? true
      body += Self.reference(
        y, kind: "chance", name: "chance", isRight: isRight, at: isFree ? y - 5 : y + 13)
    }
    return body
  }

  private func isFreeAtEnd(_ value: Double) -> Bool {
    guard let first = curve.points.first?.value, let last = curve.points.last?.value else {
      return true
    }
    return abs(last - value) >= abs(first - value)
  }

  private static func reference(
    _ y: Double, kind: String, name: String, isRight: Bool, at place: Double
  ) -> String {
    HTMLText.line(left, y, right, y, kind: kind)
      + HTMLText.label(
        name, x: isRight ? right : left + 4, y: place, anchor: isRight ? "end" : "start",
        kind: "tick")
  }

  private func line(
    _ horizontal: PlotAxis, _ vertical: PlotAxis, errors: [Double]
  ) -> String {
    func path(_ points: [(Double, Double)]) -> String {
      points.map { "\(HTMLText.place($0.0)),\(HTMLText.place($0.1))" }.joined(separator: " ")
    }
    let places = curve.points.map { horizontal.place($0.position) }
    let upper = zip(curve.points, errors).map { vertical.place($0.value + $1) }
    let lower = zip(curve.points, errors).map { vertical.place($0.value - $1) }
    let middle = curve.points.map { vertical.place($0.value) }
    var body = "<g class=\"series-\(ReportStyle.series(series))\">\n"
    if errors.contains(where: { $0 > 0 }) {
      let band = Array(zip(places, upper)) + Array(zip(places, lower)).reversed()
      body += "<polygon class=\"band\" points=\"\(path(band))\"/>\n"
    }
    body += "<polyline class=\"curve\" points=\"\(path(Array(zip(places, middle))))\"/>\n"
    for (index, point) in curve.points.enumerated() {
      let error = point.standardError.map { " ± \(HTMLText.score($0))" } ?? ""
      let title =
        "\(curve.axis.rawValue) \(Format.grouped(point.position)): "
        + "\(HTMLText.score(point.value))\(error)"
      body +=
        "<circle cx=\"\(HTMLText.place(places[index]))\" cy=\"\(HTMLText.place(middle[index]))\" "
        + "r=\"3.5\"><title>\(HTMLText.escaped(title))</title></circle>\n"
    }
    return body + "</g>\n"
  }

  private var description: String {
    let points = curve.points.map {
      "\(HTMLText.score($0.value)) at \(curve.axis.rawValue) \(Format.grouped($0.position))"
    }
    let chance = curve.chance.map { ["chance \(HTMLText.score($0))"] } ?? []
    let reference = curve.reference.map { ["\($0.model) \(HTMLText.score($0.value))"] } ?? []
    return "\(curve.run): " + (points + chance + reference).joined(separator: ", ") + "."
  }
}
