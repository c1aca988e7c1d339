import Terminal

/// What a line of a conversation asks for: a command after a slash, or a message.
public enum ConversationCommand: Equatable, Sendable {
  case message(String)
  case help
  /// Nil shows the system's text, an empty one takes it away.
  case system(String?)
  case clear
  case undo
  case retry
  case history
  case save(String)
  case load(String)
  /// Nil shows all settings.
  case set(name: String, value: String)
  case settings
  case stats
  case leave

  /// A command's name, what follows it, and what it does.
  public static let usages: [(name: String, operand: String, purpose: String)] = [
    ("help", "", "this list"),
    (
      "system", "[TEXT]",
      "what the model is told before all turns; without TEXT it is shown, - takes it away"
    ),
    ("clear", "", "begin anew; the system's text stays"),
    ("undo", "", "take the latest turn and its answer back"),
    ("retry", "", "write the latest answer anew"),
    ("history", "", "all turns so far"),
    ("save", "FILE", "write all turns as JSON"),
    ("load", "FILE", "go on from turns that were saved"),
    (
      "set", "[NAME VALUE]",
      "change a setting, such as /set temperature 0.7; without NAME all are shown"
    ),
    ("stats", "", "tokens, speed and room"),
    ("exit", "", "leave, as Ctrl-D does"),
  ]

  /// - Throws: `ConversationError.unknownCommand`, `.missingValue`.
  public init(_ text: String) throws(ConversationError) {
    guard text.hasPrefix("/") else {
      self = .message(text)
      return
    }
    guard !text.hasPrefix("//") else {
      self = .message(String(text.dropFirst()))
      return
    }
    let line = text.dropFirst()
    let name = line.prefix { !$0.isWhitespace }.lowercased()
    let rest = Self.trimmed(line.dropFirst(name.count))
    switch name {
    case "help", "?": self = .help
    case "system": self = .system(rest.isEmpty ? nil : rest == "-" ? "" : rest)
    case "clear", "reset": self = .clear
    case "undo": self = .undo
    case "retry", "regenerate": self = .retry
    case "history": self = .history
    case "save": self = .save(try Self.needed(rest, "save", "/save FILE"))
    case "load": self = .load(try Self.needed(rest, "load", "/load FILE"))
    case "set":
      let words = rest.split(maxSplits: 1) { $0.isWhitespace }
      guard let setting = words.first else {
        self = .settings
        return
      }
      guard words.count == 2 else {
        throw .missingValue(command: "set", usage: "/set \(setting) VALUE")
      }
      self = .set(name: String(setting), value: Self.trimmed(words[1]))
    case "stats": self = .stats
    case "exit", "quit", "bye": self = .leave
    default:
      throw .unknownCommand(
        name: name, nearest: NearestNames.of(name, among: Self.usages.map(\.name)))
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }

  private static func needed(
    _ text: String, _ command: String, _ usage: String
  ) throws(ConversationError) -> String {
    guard !text.isEmpty else { throw .missingValue(command: command, usage: usage) }
    return text
  }
}
