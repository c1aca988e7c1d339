import Foundation

/// Round numbers along an axis, and their labels.
///
/// Steps are 1, 2 or 5 times a power of ten, the numbers that people count in.
package struct AxisTicks {
  /// The positions, ascending, all within the range asked for.
  package var values: [Double]
  /// A label for each position.
  package var labels: [String]

  /// Creates about `count` ticks between two finite bounds.
  ///
  /// A logarithmic axis has them at powers of ten, with 2 and 5 times those if there is room.
  /// Less than a decade has too few of those; there the ticks are those of a linear axis.
  package init(from lower: Double, to upper: Double, count: Int, scale: CurvePlot.Scale) {
    if scale == .logarithmic, lower > 0 {
      for mantissas in [[1.0, 2, 5], [1, 3], [1]] {
        let values = Self.decades(from: lower, to: upper, mantissas: mantissas)
        // Half as many again still read well: a decade is a natural place to stop.
        if values.count >= 3, values.count <= count * 3 / 2 || mantissas.count == 1 {
          self.values = Self.thinned(values, to: count * 3 / 2)
          labels = self.values.map(Self.shortLabel)
          return
        }
      }
    }
    let step = Self.step(span: upper - lower, count: count)
    values = Self.multiples(of: step, from: lower, to: upper)
    let largest = max(abs(lower), abs(upper))
    labels = values.map { Self.label($0, step: step, largest: largest) }
  }

  /// Returns the step of 1, 2 or 5 times a power of ten that fits nearest to `count` times.
  static func step(span: Double, count: Int) -> Double {
    let raw = span / Double(max(1, count))
    let exponent = floor(log10(raw))
    let power = pow(10, exponent)
    let mantissa = raw / power
    // The borders are the geometric means of the neighbours.
    let nice = mantissa < 1.414 ? 1.0 : mantissa < 3.162 ? 2 : mantissa < 7.071 ? 5 : 10
    return nice * power
  }

  private static func multiples(of step: Double, from lower: Double, to upper: Double) -> [Double] {
    guard step > 0, step.isFinite else { return [] }
    // A tick on the border belongs to the axis even if rounding put it just outside.
    let slack = 1e-9
    let first = (lower / step - slack).rounded(.up)
    let last = (upper / step + slack).rounded(.down)
    guard first.isFinite, last.isFinite, last >= first, last - first < 1_000 else { return [] }
    return (0...Int(last - first)).map { min(upper, max(lower, (first + Double($0)) * step)) }
  }

  private static func decades(
    from lower: Double, to upper: Double, mantissas: [Double]
  ) -> [Double] {
    let (first, last) = (Int(floor(log10(lower))), Int(floor(log10(upper))))
    var values: [Double] = []
    for exponent in first...max(first, last) {
      for mantissa in mantissas {
        // Dividing by a whole power of ten gives the nearest double, multiplying by 0.1 does not.
        let power = pow(10, Double(abs(exponent)))
        let value = exponent < 0 ? mantissa / power : mantissa * power
        if value >= lower * (1 - 1e-9), value <= upper * (1 + 1e-9) {
          values.append(min(upper, max(lower, value)))
        }
      }
    }
    return values
  }

  private static func thinned(_ values: [Double], to count: Int) -> [Double] {
    let stride = (values.count + max(1, count) - 1) / max(1, count)
    return values.enumerated().filter { $0.offset % max(1, stride) == 0 }.map(\.element)
  }

  private static func label(_ value: Double, step: Double, largest: Double) -> String {
    if largest >= 1e15 || (step < 1e-5 && largest < 1e-3) {
      // As many digits as tell one tick from the next.
      let digits = Int(floor(log10(largest / step)))
      return value == 0 ? "0" : Format.scientific(value, places: min(9, max(0, digits)))
    }
    if largest >= 10_000, step >= 1 {
      return Format.abbreviated(value, significantDigits: Int(log10(largest / step)) + 2)
    }
    if step >= 1 { return Format.grouped(value) }
    let places = max(0, -Int(floor(log10(step) + 1e-9)))
    return Format.decimal(value, places: min(12, places))
  }

  private static func shortLabel(_ value: Double) -> String {
    value >= 10_000 && value < 1e15 ? Format.abbreviated(value) : String(format: "%g", value)
  }
}
