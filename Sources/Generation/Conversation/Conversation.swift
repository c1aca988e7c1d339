import Models
import Tokenization

/// A conversation with a model: its turns, and what of them the model still sees.
///
/// Each answer reads only what is new: the writer keeps the context, and cuts it back to where the
/// prompt's tokens differ from what it holds. Where the prompt leaves too little room for an answer,
/// the oldest turns are no longer shown to the model: so many at once that the prompt takes at most
/// half of the context, since every time costs reading all that stays.
public final class Conversation {
  /// What happens while an answer is written.
  public enum Event: Sendable {
    /// These turns are no longer shown to the model.
    case forgotten([ChatMessage])
    /// The next characters of the answer.
    case text(String)
  }

  /// An answer that was written.
  public struct Answer: Sendable {
    public var written: WrittenText
    /// Whether it was stopped from outside.
    public var isInterrupted = false
  }

  /// Thrown by who takes the text, to stop an answer and keep what there is of it.
  public struct Interruption: Error {
    public init() {}
  }

  public let writer: TextWriter
  public let encoder: ChatPromptEncoder
  /// What the model is told before all turns.
  public var system: String?
  /// All turns; those before `forgottenCount` are no longer shown to the model.
  public private(set) var messages: [ChatMessage] = []
  public private(set) var forgottenCount = 0
  public private(set) var totals = Totals()
  /// What templates take for the present: one moment, or the context could not be kept.
  private let clock: TemplateClock

  /// What was done since the beginning.
  public struct Totals: Sendable {
    public var answers = 0
    /// Tokens of prompts that were read, and those that were known from before.
    public var readTokens = 0
    public var knownTokens = 0
    public var writtenTokens = 0
    public var readSeconds = 0.0
    public var writtenSeconds = 0.0
    /// The tokens of the latest prompt and its answer.
    public var contextTokens = 0
  }

  /// - Parameters:
  ///   - writer: One that keeps its context. Its options are the conversation's; what ends an answer of
  ///     the template is added to them.
  ///   - stops: More texts that end an answer.
  public init(
    _ writer: TextWriter, encoder: ChatPromptEncoder, stops: [String] = [],
    clock: TemplateClock = .present
  ) {
    self.writer = writer
    self.encoder = encoder
    self.clock = clock
    writer.options.endTokens.formUnion(encoder.answerEnd.tokens)
    if let end = encoder.tokenizer.endToken { writer.options.endTokens.insert(end) }
    for text in encoder.answerEnd.texts + stops where !writer.options.stopTexts.contains(text) {
      writer.options.stopTexts.append(text)
    }
  }

  // MARK: Answers

  /// Adds a turn of the user's and writes the answer.
  ///
  /// - Throws: `ChatTemplateError`, `GenerationError`, `ConversationError.tooLong`, and what `emit` throws;
  ///   then the conversation is as it was.
  public func answer(
    to text: String, emit: (Event) throws -> Void
  ) throws -> Answer {
    messages.append(ChatMessage(.user, text))
    return try answer(emit)
  }

  /// Writes the latest answer anew, with other draws.
  ///
  /// - Throws: As `answer(to:emit:)`; `ConversationError.noAnswer` where there is none.
  public func retry(emit: (Event) throws -> Void) throws -> Answer {
    guard let last = messages.last, last.role == .assistant, messages.count > forgottenCount + 1
    else { throw ConversationError.noAnswer }
    messages.removeLast()
    writer.options.sampling.seed &+= 1
    do {
      return try answer(emit)
    } catch {
      // `answer` has taken the question away.
      if messages.last?.role != .user, let question = latestQuestion { messages.append(question) }
      messages.append(last)
      throw error
    }
  }

  private var latestQuestion: ChatMessage?

  private func answer(_ emit: (Event) throws -> Void) throws -> Answer {
    latestQuestion = messages.last
    let before = forgottenCount
    var answer = Answer(written: WrittenText())
    var text = ""
    do {
      let tokens = try fittingPrompt()
      if forgottenCount > before {
        try emit(.forgotten(Array(messages[before..<forgottenCount])))
      }
      try writer.write([tokens]) { event in
        switch event {
        case .read(_, let written):
          answer.written = written
          note(read: written)
        case .text(_, let part):
          text += part
          try emit(.text(part))
        case .finished(_, let written): answer.written = written
        }
      }
    } catch is Interruption {
      answer.isInterrupted = true
    } catch {
      messages.removeLast()
      forgottenCount = before
      throw error
    }
    note(written: answer.written, text)
    // Two questions in a row are more than most templates take.
    if text.isEmpty && answer.isInterrupted {
      messages.removeLast()
    } else {
      messages.append(ChatMessage(.assistant, text))
    }
    return answer
  }

  private func note(read written: WrittenText) {
    totals.readTokens += written.promptTokens - written.knownTokens
    totals.knownTokens += written.knownTokens
    totals.readSeconds += written.promptSeconds
  }

  private func note(written: WrittenText, _ text: String) {
    // An answer that was stopped does not tell its tokens.
    let count =
      written.tokens.isEmpty ? encoder.tokenizer.encode(text).count : written.tokens.count
    totals.answers += 1
    totals.writtenTokens += count
    totals.writtenSeconds += written.seconds
    totals.contextTokens = written.promptTokens + count
  }

  // MARK: The context

  /// The room that an answer is to have at least.
  private var reserve: Int {
    max(1, min(writer.options.maximumTokens, writer.model.contextLength / 4))
  }

  private func prompt(from start: Int) throws(ChatTemplateError) -> [Int32] {
    let turns = system.map { [ChatMessage(.system, $0)] } ?? []
    return try encoder.tokens(for: turns + messages[start...], clock: clock)
  }

  /// The prompt, after the oldest turns are let go that it has no room for.
  private func fittingPrompt() throws -> [Int32] {
    let context = writer.model.contextLength
    var start = forgottenCount
    var tokens = try prompt(from: start)
    if tokens.count + reserve > context {
      while tokens.count > context / 2,
        let next = messages[(start + 1)...].firstIndex(where: { $0.role == .user })
      {
        start = next
        tokens = try prompt(from: start)
      }
    }
    guard tokens.count < context else {
      throw ConversationError.tooLong(tokens: tokens.count, context: context)
    }
    forgottenCount = start
    return tokens
  }

  // MARK: Turns

  /// Forgets all turns; the system's text stays.
  public func clear() {
    messages = []
    forgottenCount = 0
  }

  /// Takes the latest turn of the user's back, and the answer to it; returns what was taken.
  ///
  /// - Throws: `ConversationError.nothingToUndo`.
  public func undo() throws(ConversationError) -> [ChatMessage] {
    guard let last = messages.lastIndex(where: { $0.role == .user }) else { throw .nothingToUndo }
    let removed = Array(messages[last...])
    messages.removeSubrange(last...)
    forgottenCount = min(forgottenCount, messages.count)
    return removed
  }

  /// All messages, the system's first.
  public var transcript: [ChatMessage] {
    (system.map { [ChatMessage(.system, $0)] } ?? []) + messages
  }

  /// Goes on from messages that were kept.
  ///
  /// - Throws: `ConversationError.invalidTranscript` where the system speaks elsewhere than first.
  public func resume(_ transcript: [ChatMessage]) throws(ConversationError) {
    let isSystemFirst = transcript.first?.role == .system
    let turns = Array(transcript.dropFirst(isSystemFirst ? 1 : 0))
    if let place = turns.firstIndex(where: { $0.role == .system }) {
      throw .invalidTranscript(
        message: place + (isSystemFirst ? 2 : 1), reason: "the system speaks first or not at all")
    }
    if turns.last?.role == .user {
      throw .invalidTranscript(
        message: transcript.count,
        reason: "it is a question without an answer, which has to be last; "
          + "take it out and ask it anew")
    }
    system = isSystemFirst ? transcript[0].content : nil
    messages = turns
    forgottenCount = 0
  }
}
