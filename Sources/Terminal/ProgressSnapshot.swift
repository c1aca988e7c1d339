/// The state of a long task at one moment, and how it is drawn on one line.
///
/// `step 120/400 ━━━━━╸─────────── 30%  loss 3.21  1,234 tokens/s  0:43 left`
public struct ProgressSnapshot: Sendable, Equatable {
  /// What the end of the line says about time.
  public enum Timing: Sendable, Equatable {
    /// Nothing is known yet.
    case unknown
    /// The seconds that the rest should take.
    case remaining(seconds: Double)
    /// The seconds that it took so far, or altogether.
    case elapsed(seconds: Double)
  }

  /// What is counted: `step`, `batch`, `file`.
  public var label: String
  /// How many are done.
  public var completed: Int
  /// How many there are; nil, or nothing above zero, if nobody knows.
  public var total: Int?
  /// What else is worth knowing, the most important first: `loss 3.21`, `1,234 tokens/s`.
  public var details: [String]
  /// What is known about time.
  public var timing: Timing

  /// Creates a snapshot.
  public init(
    label: String = "step", completed: Int, total: Int?, details: [String] = [],
    timing: Timing = .unknown
  ) {
    self.label = label
    self.completed = completed
    self.total = total
    self.details = details
    self.timing = timing
  }

  /// The part that is done, from 0 to 1; nil if the total is unknown.
  public var fraction: Double? {
    guard let total, total > 0 else { return nil }
    return min(1, max(0, Double(completed) / Double(total)))
  }

  /// Returns the line with its bar, without a line end, at most `width` columns wide.
  ///
  /// Where room is short the bar shrinks and goes, then the details go from the last on, then the
  /// time. The bar's length depends on the width alone wherever it can, and the count is padded
  /// to the width of the total, so that the line holds still while its numbers change.
  public func rendered(width: Int, for terminal: TerminalCapabilities) -> String {
    let shortest = 5
    let preferred = min(30, max(10, width / 4))
    let bare = DisplayWidth.of(assembled(bar: nil, detailCount: details.count, showsTime: true))
    let room = width - bare - 1
    if fraction != nil, room >= shortest {
      let bar = bar(columns: min(preferred, room), for: terminal)
      return assembled(bar: bar, detailCount: details.count, showsTime: true)
    }
    for count in (0...details.count).reversed() {
      let line = assembled(bar: nil, detailCount: count, showsTime: true)
      if DisplayWidth.of(line) <= width { return line }
    }
    let line = assembled(bar: nil, detailCount: 0, showsTime: false)
    return DisplayWidth.truncated(line, to: width, marker: terminal.ellipsis)
  }

  /// The line without a bar and of any length, for a log.
  public var plainLine: String {
    assembled(bar: nil, detailCount: details.count, showsTime: true)
  }

  private func assembled(bar: String?, detailCount: Int, showsTime: Bool) -> String {
    var head = DisplayWidth.printable(label) + " "
    if let total, let fraction {
      let count = Format.grouped(completed)
      let limit = Format.grouped(total)
      head += DisplayWidth.padding(count, to: limit.utf8.count) + count + "/" + limit
      if let bar { head += " " + bar }
      // Rounded down: 100% is said only when all is done.
      let percent = Format.percent((fraction * 100).rounded(.down) / 100)
      head += " " + DisplayWidth.padding(percent, to: 3) + percent
    } else {
      head += Format.grouped(completed)
    }
    var parts = [head] + details.prefix(detailCount).map(DisplayWidth.printable)
    switch timing {
    case .remaining(let seconds) where showsTime:
      parts.append(Format.duration(seconds: seconds) + " left")
    case .elapsed(let seconds) where showsTime:
      parts.append(Format.duration(seconds: seconds) + " elapsed")
    default: break
    }
    return parts.joined(separator: "  ")
  }

  /// Returns the bar; half cells double its resolution where they can be shown.
  private func bar(columns: Int, for terminal: TerminalCapabilities) -> String {
    let halves = Int((fraction ?? 0) * Double(columns * 2))
    let (full, hasHalf) = (halves / 2, halves % 2 == 1)
    let rest = columns - full - (hasHalf ? 1 : 0)
    let (fullMark, halfMark, restMark) = terminal.usesUnicode ? ("━", "╸", "─") : ("=", ">", "-")
    let done = String(repeating: fullMark, count: full) + (hasHalf ? halfMark : "")
    return TextStyle.cyan.applied(to: done, on: terminal)
      + TextStyle.faint.applied(to: String(repeating: restMark, count: rest), on: terminal)
  }
}
