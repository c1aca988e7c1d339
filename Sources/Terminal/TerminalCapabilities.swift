import Foundation

/// What the place that output goes to can show.
///
/// Every view takes one of these and returns a text, so that a view can be tested without a
/// terminal and looks the same in a pipe as it would on a screen of that width.
public struct TerminalCapabilities: Sendable, Equatable {
  /// The columns of a line; 80, the width of the VT100, where nothing tells.
  public var width: Int
  /// Whether a line can be drawn again in place.
  public var redrawsLines: Bool
  /// Whether ANSI colour and weight are understood and wanted.
  public var usesColor: Bool
  /// Whether characters outside ASCII are shown: the locale's encoding is UTF-8.
  public var usesUnicode: Bool

  /// A standard stream of the process.
  public enum Stream: Sendable {
    case output
    case error
  }

  /// Creates a description from its parts: by default a UTF-8 pipe of 80 columns.
  public init(
    width: Int = 80, redrawsLines: Bool = false, usesColor: Bool = false, usesUnicode: Bool = true
  ) {
    self.width = width
    self.redrawsLines = redrawsLines
    self.usesColor = usesColor
    self.usesUnicode = usesUnicode
  }

  /// Creates a description of a stream from what the terminal and the environment say.
  ///
  /// Colour needs a terminal, and neither `NO_COLOR` (no-color.org: any value but an empty one)
  /// nor `TERM=dumb`. The width is the terminal's, else `COLUMNS`, else 80. The encoding is read
  /// from the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set, the order POSIX gives.
  public init(
    of stream: Stream, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    let descriptor = stream == .output ? STDOUT_FILENO : STDERR_FILENO
    let isTerminal = isatty(descriptor) != 0
    self.init(
      isTerminal: isTerminal, terminalWidth: isTerminal ? Self.columns(of: descriptor) : nil,
      environment: environment)
  }

  /// Creates a description from what was asked of the stream already.
  package init(isTerminal: Bool, terminalWidth: Int?, environment: [String: String]) {
    let fallback = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
      .first { !$0.isEmpty }
    let encoding = (locale ?? "").lowercased()
    let isDumb = environment["TERM"] == "dumb"
    self.init(
      width: terminalWidth ?? fallback ?? 80,
      redrawsLines: isTerminal && !isDumb,
      usesColor: isTerminal && !isDumb && (environment["NO_COLOR"] ?? "").isEmpty,
      usesUnicode: encoding.contains("utf-8") || encoding.contains("utf8"))
  }

  /// What stands where text was left out.
  var ellipsis: String { usesUnicode ? "…" : "..." }

  /// What stands where there is no value.
  var absentValue: String { usesUnicode ? "—" : "-" }

  private static func columns(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}

/// A weight or colour of text, from the sixteen that every terminal theme defines.
public enum TextStyle: Int, Sendable {
  case bold = 1
  case faint = 2
  case red = 31
  case green = 32
  case yellow = 33
  case cyan = 36

  /// Returns the text wrapped in the style's ANSI sequence if the terminal shows colour.
  public func applied(to text: String, on terminal: TerminalCapabilities) -> String {
    terminal.usesColor && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}
