/// Joins lines to messages: lines between `"""` belong together, and so do those after a backslash.
public struct ConversationInput: Sendable {
  private var lines: [String] = []
  private var isQuoted = false

  public init() {}

  /// Whether a message has begun that needs more lines.
  public var isContinued: Bool { isQuoted || !lines.isEmpty }

  private static let quotes = "\"\"\""

  /// Takes a line; returns a message when one is whole.
  public mutating func take(_ line: String) -> String? {
    var line = line
    if !isContinued, line.hasPrefix(Self.quotes) {
      isQuoted = true
      line.removeFirst(Self.quotes.count)
      if line.isEmpty { return nil }
    }
    if isQuoted {
      guard line.hasSuffix(Self.quotes) else {
        lines.append(line)
        return nil
      }
      line.removeLast(Self.quotes.count)
      if !line.isEmpty { lines.append(line) }
      return finish()
    }
    if line.hasSuffix("\\") {
      lines.append(String(line.dropLast()))
      return nil
    }
    lines.append(line)
    return finish()
  }

  /// Ends a message that has begun, as the end of input does.
  public mutating func finish() -> String? {
    defer { self = ConversationInput() }
    return isContinued ? lines.joined(separator: "\n") : nil
  }
}
