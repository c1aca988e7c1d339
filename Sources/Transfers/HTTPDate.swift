import Foundation

/// The dates of HTTP headers (RFC 9110, section 5.6.7), of which servers send the first form:
/// `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Seconds since 1970, or nil if the text is no such date.
  package static func seconds(_ text: String) -> Int? {
    let parts = text.split(whereSeparator: { " -:,".contains($0) })
    guard parts.count == 8, parts[7] == "GMT", let day = Int(parts[1]),
      let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]),
      let hour = Int(parts[4]), let minute = Int(parts[5]), let second = Int(parts[6]),
      (1...31).contains(day), (1601...9999).contains(year), (0...23).contains(hour),
      (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    // Days from civil (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    let shifted = month < 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
    let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    return days * 86_400 + hour * 3_600 + minute * 60 + second
  }

  /// A time as Signature Version 4 writes it, `YYYYMMDDTHHMMSSZ`.
  package static func compact(_ seconds: Int) -> String {
    var time = time_t(seconds)
    var fields = tm()
    gmtime_r(&time, &fields)
    func padded(_ value: Int32, _ width: Int = 2) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return padded(fields.tm_year + 1_900, 4) + padded(fields.tm_mon + 1) + padded(fields.tm_mday)
      + "T" + padded(fields.tm_hour) + padded(fields.tm_min) + padded(fields.tm_sec) + "Z"
  }
}
