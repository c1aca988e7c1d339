import Foundation
import Terminal

/// What the views of benchmarks share.
enum BenchmarkText {
  /// Lines of a label and a value, values below each other.
  static func pairs(_ entries: [(String, String)], for terminal: TerminalCapabilities) -> String {
    let width = entries.map { DisplayWidth.of($0.0) }.max() ?? 0
    return entries.map { label, value in
      TextStyle.faint.applied(to: label, on: terminal)
        + DisplayWidth.padding(label, to: width + 2) + value + "\n"
    }.joined()
  }

  /// A bar of `fraction` of `width` columns, in eighths of a column where the terminal has them.
  static func bar(_ fraction: Double, width: Int, for terminal: TerminalCapabilities) -> String {
    let bounded = fraction.isFinite ? min(max(fraction, 0), 1) : 0
    guard terminal.usesUnicode else {
      return String(repeating: "#", count: Int((bounded * Double(width)).rounded()))
    }
    let eighths = Int((bounded * Double(8 * width)).rounded())
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + rest
  }

  static func step(batch: Int, sequence: Int, for terminal: TerminalCapabilities) -> String {
    "\(Format.grouped(batch)) \(terminal.usesUnicode ? "×" : "x") \(Format.grouped(sequence)) tokens"
  }

  /// A whole number from ten on, three digits below.
  static func gflops(_ value: Double) -> String {
    Format.decimal(value, places: value < 10 ? 2 : 0)
  }

  /// Small models make thousands of tokens a second, large ones a few.
  static func rate(_ tokensPerSecond: Double) -> String {
    tokensPerSecond < 100
      ? Format.decimal(tokensPerSecond, places: 1) : Format.grouped(tokensPerSecond)
  }

  static func threads(_ count: Int) -> String { "\(count) thread\(count == 1 ? "" : "s")" }
}
