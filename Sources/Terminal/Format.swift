import Foundation

/// Numbers as people read them, the same in every locale.
///
/// Logs and snapshots are compared across machines, so nothing here asks the locale: the decimal
/// separator is always a point and the grouping separator always a comma. Numbers that are not
/// finite become `nan`, `inf` or `-inf`.
public enum Format {
  /// Returns a whole number with its thousands grouped: `1,234,567`.
  public static func grouped(_ value: Int) -> String {
    grouped(digits: String(value.magnitude), isNegative: value < 0)
  }

  /// Returns a number rounded to the nearest whole one, thousands grouped: `1,235`.
  ///
  /// From 10¹⁵ on, where a double stops resolving units well, the scientific form is used.
  public static func grouped(_ value: Double) -> String {
    guard value.isFinite else { return nonFinite(value) }
    let rounded = value.rounded()
    guard abs(rounded) < 1e15 else { return scientific(value) }
    return grouped(Int(rounded))
  }

  /// Returns a number with a fixed count of decimals: `3.2100`.
  ///
  /// From 10⁹ on the scientific form is used, so that a diverged loss cannot tear a table apart.
  /// A value that rounds to zero has no sign.
  public static func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return nonFinite(value) }
    guard abs(value) < 1e9 else { return scientific(value) }
    let text = String(format: "%.\(places)f", value)
    let isZero = !text.utf8.contains { $0 >= UInt8(ascii: "1") && $0 <= UInt8(ascii: "9") }
    return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
  }

  /// Returns a difference with its sign always written: `+0.0120`, `-0.0340`; zero has none.
  public static func signed(_ value: Double, places: Int) -> String {
    let text = decimal(value, places: places)
    let isPositive = value > 0 && text != decimal(0, places: places)
    return isPositive ? "+" + text : text
  }

  /// Returns a number in scientific notation: `3.00e-04`.
  public static func scientific(_ value: Double, places: Int = 2) -> String {
    value.isFinite ? String(format: "%.\(places)e", value) : nonFinite(value)
  }

  /// Returns a count with the suffix K, M, B or T: `271.5M`.
  ///
  /// Four digits by default: the field names models by three (`270M`), and the fourth tells
  /// apart what the names run together. Zeros at the end are dropped (`1.5T`) unless `keepsZeros`
  /// asks for them, for a column of such counts.
  public static func abbreviated(
    _ value: Double, significantDigits: Int = 4, keepsZeros: Bool = false
  ) -> String {
    guard value.isFinite else { return nonFinite(value) }
    guard abs(value) < 1e18 else { return scientific(value) }
    let scaled = Scaled(value, base: 1_000, unitCount: 5, significantDigits: significantDigits)
    let text = keepsZeros ? scaled.text : trimmed(scaled.text)
    return text + ["", "K", "M", "B", "T"][scaled.unit]
  }

  /// Returns a count of floating-point operations to three digits: `1.63 GFLOP`.
  public static func floatingPointOperations(_ value: Double) -> String {
    let prefixes = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"]
    guard value.isFinite else { return nonFinite(value) + " FLOP" }
    guard abs(value) < 1e27 else { return scientific(value) + " FLOP" }
    let scaled = Scaled(value, base: 1_000, unitCount: prefixes.count, significantDigits: 3)
    return scaled.text + " " + prefixes[scaled.unit] + "FLOP"
  }

  /// Returns a count of bytes to three digits in binary units: `12.3 GiB`.
  public static func bytes(_ value: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    let scaled = Scaled(
      Double(value), base: 1_024, unitCount: units.count, significantDigits: 3)
    return scaled.text + " " + units[scaled.unit]
  }

  /// Returns a duration in clock form, seconds cut off: `0:43`, `1:02:03`, `2d 01:02:03`.
  ///
  /// A negative duration, or one that is not finite, becomes `-:--`.
  public static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "-:--" }
    let whole = Int(seconds)
    let (days, hours, minutes) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60)
    let tail = twoDigits(whole % 60)
    if days > 0 { return "\(days)d \(twoDigits(hours)):\(twoDigits(minutes)):\(tail)" }
    if hours > 0 { return "\(hours):\(twoDigits(minutes)):\(tail)" }
    return "\(minutes):\(tail)"
  }

  /// Returns a short time to three digits in s, ms or µs: `1.23 s`, `432 ms`.
  public static func seconds(_ value: Double) -> String {
    guard value.isFinite else { return nonFinite(value) + " s" }
    if abs(value) >= 0.999_5 || value == 0 { return significant(value, digits: 3) + " s" }
    if abs(value) >= 0.000_999_5 { return significant(value * 1e3, digits: 3) + " ms" }
    return significant(value * 1e6, digits: 3) + " µs"
  }

  /// Returns a fraction as a percentage: `0.3` is `30%`.
  public static func percent(_ fraction: Double, places: Int = 0) -> String {
    decimal(fraction * 100, places: places) + "%"
  }

  /// Returns a moment as `2025-11-21 02:54`, in the time zone given.
  public static func date(_ date: Date, timeZone: TimeZone = .current) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
    let day = "\(parts.year ?? 0)-\(twoDigits(parts.month ?? 0))-\(twoDigits(parts.day ?? 0))"
    return "\(day) \(twoDigits(parts.hour ?? 0)):\(twoDigits(parts.minute ?? 0))"
  }

  /// Returns a number with a count of significant digits; whole digits are never dropped.
  static func significant(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return nonFinite(value) }
    return decimal(value, places: Scaled.places(abs(value), significantDigits: digits))
  }

  /// Returns a decimal text without the zeros at its end: `1.500` is `1.5`.
  static func trimmed(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: ".")) else { return text }
    var bytes = Array(text.utf8)
    while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func grouped(digits: String, isNegative: Bool) -> String {
    var bytes: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
    for (index, digit) in digits.utf8.enumerated() {
      if index > 0, (digits.utf8.count - index) % 3 == 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(digit)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func nonFinite(_ value: Double) -> String {
    value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
  }

  private static func twoDigits(_ value: Int) -> String {
    value < 10 ? "0\(value)" : "\(value)"
  }
}

/// A number brought into the range of a unit, rounded before the unit is chosen.
///
/// Choosing first would print 999,960 as `1000K` where `1M` is meant.
private struct Scaled {
  var text: String
  var unit: Int

  init(_ value: Double, base: Double, unitCount: Int, significantDigits: Int) {
    var mantissa = value
    unit = 0
    while unit < unitCount - 1,
      Self.rounded(abs(mantissa), significantDigits: significantDigits) >= base
    {
      mantissa /= base
      unit += 1
    }
    let isWhole = unit == 0 && mantissa == mantissa.rounded()
    let places = Self.places(abs(mantissa), significantDigits: significantDigits)
    text = Format.decimal(mantissa, places: isWhole ? 0 : places)
  }

  /// Returns the decimals that show a count of significant digits, counted after rounding.
  static func places(_ magnitude: Double, significantDigits: Int) -> Int {
    let first = rawPlaces(magnitude, significantDigits: significantDigits)
    return rawPlaces(rounded(magnitude, places: first), significantDigits: significantDigits)
  }

  private static func rounded(_ magnitude: Double, significantDigits: Int) -> Double {
    rounded(magnitude, places: rawPlaces(magnitude, significantDigits: significantDigits))
  }

  private static func rounded(_ magnitude: Double, places: Int) -> Double {
    let power = pow(10, Double(places))
    return (magnitude * power).rounded() / power
  }

  private static func rawPlaces(_ magnitude: Double, significantDigits: Int) -> Int {
    var (wholeDigits, rest) = (1, magnitude)
    while rest >= 10, wholeDigits < significantDigits {
      (wholeDigits, rest) = (wholeDigits + 1, rest / 10)
    }
    return max(0, significantDigits - wholeDigits)
  }
}
