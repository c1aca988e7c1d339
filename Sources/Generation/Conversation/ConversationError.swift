/// What can go wrong in a conversation, and what to do about it.
public enum ConversationError: Error, Sendable, Equatable, CustomStringConvertible {
  case unknownCommand(name: String, nearest: [String])
  case missingValue(command: String, usage: String)
  case unknownSetting(name: String, nearest: [String], known: [String])
  case invalidSetting(name: String, found: String, expected: String)
  /// The latest turn alone leaves no room for an answer.
  case tooLong(tokens: Int, context: Int)
  case noAnswer
  case nothingToUndo
  case unreadableFile(path: String, reason: String)
  case invalidTranscript(message: Int, reason: String)

  public var description: String {
    switch self {
    case .unknownCommand(let name, let nearest):
      "there is no command /\(name)"
        + (nearest.isEmpty ? "." : "; did you mean /\(nearest.joined(separator: " or /"))?")
        + " /help lists them all; a message that begins with a slash is written with two"
    case .missingValue(let command, let usage):
      "/\(command) lacks what it needs: \(usage)"
    case .unknownSetting(let name, let nearest, let known):
      "there is no setting \(name)"
        + (nearest.isEmpty ? "." : "; did you mean \(nearest.joined(separator: " or "))?")
        + " There are \(known.joined(separator: ", "))"
    case .invalidSetting(let name, let found, let expected):
      "\(name) is \(found), expected \(expected)"
    case .tooLong(let tokens, let context):
      "this message makes a prompt of \(tokens) tokens, and the model's context is \(context); "
        + "shorten it (or the /system text)"
    case .noAnswer: "there is no answer yet that could be written anew"
    case .nothingToUndo: "there is no turn to take back"
    case .unreadableFile(let path, let reason):
      "\(path): \(reason)"
    case .invalidTranscript(let message, let reason):
      "message \(message): \(reason)"
    }
  }
}
