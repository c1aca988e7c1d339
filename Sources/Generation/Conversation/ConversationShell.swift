import Files
import Terminal
import Tokenization

/// Acts on the lines of a conversation and writes what comes of them.
public final class ConversationShell {
  private let conversation: Conversation
  private let terminal: TerminalCapabilities
  private let output: (String) throws -> Void
  private let notices: (String) throws -> Void
  private let isInterrupted: () -> Bool

  /// - Parameters:
  ///   - output: Takes the answers, and what was asked to be shown.
  ///   - notices: Takes what the program has to say.
  ///   - isInterrupted: Whether the answer is to end now.
  public init(
    _ conversation: Conversation, for terminal: TerminalCapabilities,
    output: @escaping (String) throws -> Void, notices: @escaping (String) throws -> Void,
    isInterrupted: @escaping () -> Bool = { false }
  ) {
    self.conversation = conversation
    self.terminal = terminal
    self.output = output
    self.notices = notices
    self.isInterrupted = isInterrupted
  }

  /// Does what a text asks for; returns whether the conversation goes on.
  ///
  /// - Throws: What `output` and `notices` throw. All else is told the user.
  public func take(_ text: String) throws -> Bool {
    guard text.contains(where: { !$0.isWhitespace }) else { return true }
    do {
      let command = try ConversationCommand(text)
      guard command != .leave else { return false }
      try act(on: command)
    } catch let fault as OutputFault {
      throw fault.error
    } catch {
      try notices(TextStyle.yellow.applied(to: "\(error)", on: terminal) + "\n")
    }
    return true
  }

  /// Tells what the writing of output met from what the conversation did.
  private struct OutputFault: Error {
    var error: any Error
  }

  private func show(_ text: String) throws {
    do { try output(text) } catch { throw OutputFault(error: error) }
  }

  private func note(_ text: String) throws {
    do {
      try notices(TextStyle.faint.applied(to: "(\(text))", on: terminal) + "\n")
    } catch {
      throw OutputFault(error: error)
    }
  }

  private func act(on command: ConversationCommand) throws {
    switch command {
    case .message(let text): try answer { try conversation.answer(to: text, emit: $0) }
    case .retry: try answer { try conversation.retry(emit: $0) }
    case .help: try show(help)
    case .system(nil):
      try note(
        conversation.system.map { "the model is told: \($0)" }
          ?? "the model is told nothing before the turns")
    case .system(let text?):
      conversation.system = text.isEmpty ? nil : text
      try note(
        text.isEmpty ? "the model is told nothing before the turns" : "noted for the turns to come")
    case .clear:
      conversation.clear()
      try note("a new conversation")
    case .undo:
      let removed = try conversation.undo()
      try note("taken back: \(summary(removed))")
    case .history: try show(history)
    case .save(let path):
      try ConversationFile.write(conversation.transcript, to: path)
      try note("\(path): \(conversation.transcript.count) messages")
    case .load(let path):
      try load(path)
      try note("\(path): \(conversation.transcript.count) messages")
    case .set(let name, let value):
      try ConversationSettings.set(name, to: value, in: &conversation.writer.options)
      try note("\(name) is \(value)")
    case .settings:
      try show(table(ConversationSettings.values(of: conversation.writer.options)))
    case .stats: try show(table(stats))
    case .leave: break
    }
  }

  private func load(_ path: String) throws {
    let transcript = try ConversationFile.read(path)
    do {
      try conversation.resume(transcript)
    } catch {
      throw ConversationError.unreadableFile(path: path, reason: "\(error)")
    }
  }

  // MARK: Answers

  private func answer(
    _ write: ((Conversation.Event) throws -> Void) throws -> Conversation.Answer
  ) throws {
    var hasText = false
    let answer = try write { event in
      if isInterrupted() { throw Conversation.Interruption() }
      switch event {
      case .forgotten(let turns):
        try note("the context is full; no longer shown to the model: \(summary(turns))")
      case .text(let text):
        // What separates the answer from the prompt is no part of what is shown.
        let shown = hasText ? text : String(text.drop { $0.isWhitespace })
        guard !shown.isEmpty else { return }
        hasText = true
        try show(shown)
      }
    }
    try show("\n")
    if answer.isInterrupted {
      try note("stopped" + (hasText ? "" : "; the question is taken back"))
    } else if answer.written.reason == .contextEnd {
      try note("the context is full, and the answer ends here")
    } else if answer.written.reason == .maximumTokens {
      try note(
        "the answer ends after \(answer.written.tokens.count) tokens; /set max-tokens N for more")
    } else if !hasText {
      try note("an empty answer")
    }
  }

  private func summary(_ messages: [ChatMessage]) -> String {
    let shown = messages.filter { $0.role == .user }.map { message in
      let line = message.content.prefix { !$0.isNewline }
      return
        "\u{201C}\(line.prefix(40))\(line.count < message.content.count || line.count > 40 ? "…" : "")\u{201D}"
    }
    let count = "\(messages.count) message\(messages.count == 1 ? "" : "s")"
    guard shown.count > 3 else {
      return shown.isEmpty ? count : "\(count), \(shown.joined(separator: ", "))"
    }
    return "\(count), \(shown[0]) to \(shown[shown.count - 1])"
  }

  // MARK: Views

  private var help: String {
    table(
      ConversationCommand.usages.map {
        ("/\($0.name)" + ($0.operand.isEmpty ? "" : " \($0.operand)"), $0.purpose)
      })
      + "A message of several lines stands between \"\"\", or its lines end with a backslash.\n"
  }

  private var history: String {
    let system = conversation.system.map { ["system: \($0)"] } ?? []
    let turns = conversation.messages.enumerated().map { index, message in
      let mark = index < conversation.forgottenCount ? " (no longer shown to the model)" : ""
      return TextStyle.bold.applied(to: message.role.rawValue, on: terminal) + "\(mark): "
        + message.content.drop { $0.isWhitespace }
    }
    let lines = system + turns
    return lines.isEmpty ? "nothing was said yet\n" : lines.joined(separator: "\n") + "\n"
  }

  private var stats: [(name: String, value: String)] {
    let totals = conversation.totals
    func pace(_ tokens: Int, _ seconds: Double) -> String {
      seconds > 0 ? ", \(Format.decimal(Double(tokens) / seconds, places: 1)) a second" : ""
    }
    return [
      ("answers", "\(totals.answers)"),
      (
        "tokens read",
        Format.grouped(totals.readTokens) + pace(totals.readTokens, totals.readSeconds)
      ),
      ("known from before", Format.grouped(totals.knownTokens)),
      (
        "tokens written",
        Format.grouped(totals.writtenTokens) + pace(totals.writtenTokens, totals.writtenSeconds)
      ),
      (
        "context",
        "\(Format.grouped(totals.contextTokens)) of \(Format.grouped(conversation.writer.model.contextLength)) tokens"
      ),
    ]
  }

  private func table(_ rows: [(name: String, value: String)]) -> String {
    let width = rows.map { DisplayWidth.of($0.name) }.max() ?? 0
    return rows.map { name, value in
      name + DisplayWidth.padding(name, to: width + 2)
        + TextStyle.faint.applied(to: value, on: terminal) + "\n"
    }.joined()
  }
}
