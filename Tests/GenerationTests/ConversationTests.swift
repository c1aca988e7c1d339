import Generation
import TestSupport
import Testing
import Tokenization

/// Turns, what of them is read again, and what happens where the context ends.
@Suite struct ConversationTests {
  /// One letter for each turn.
  private static let source = """
    {% for m in messages %}{{ m.role[0] | upper }}:{{ m.content }}{{ eos_token if m.role == 'assistant' }}
    {% endfor %}{% if add_generation_prompt %}A:{% endif %}
    """

  /// Answers every question with "re: " and the question; `<257>` ends a text.
  static func echo(contextLength: Int = 256) -> ScriptedModel {
    ScriptedModel(contextLength: contextLength) { tokens in
      let text = String(decoding: tokens.map { UInt8(clamping: $0) }, as: UTF8.self)
      let parts = text.components(between: "U:", and: "\nA:")
      let answer = Array(("re: " + parts.question).utf8)
      var scores = [Float](repeating: 0, count: 258)
      let place = parts.answer.utf8.count
      scores[answer.indices.contains(place) ? Int(answer[place]) : 257] = 9
      return scores
    }
  }

  static func conversation(
    _ model: ScriptedModel = echo(), source: String = source, maximumTokens: Int = 64
  ) throws -> Conversation {
    let tokenizer = ByteTokenizer()
    let writer = TextWriter(
      model, tokenizer: tokenizer, options: WritingOptions(maximumTokens: maximumTokens),
      keepsContext: true)
    let encoder = try ChatPromptEncoder(
      tokenizer, template: ChatTemplate(source, tokens: .init(start: "", end: "")))
    return Conversation(writer, encoder: encoder, clock: TemplateClock(seconds: 0))
  }

  @Test func turnsAreKept() throws {
    let conversation = try Self.conversation()
    conversation.system = "s"
    var text = ""
    let answer = try conversation.answer(to: "one") {
      if case .text(let part) = $0 { text += part }
    }
    #expect(text == "re: one")
    #expect(answer.written.reason == .endToken(257))
    #expect(
      conversation.transcript == [
        ChatMessage(.system, "s"), ChatMessage(.user, "one"), ChatMessage(.assistant, "re: one"),
      ])
  }

  @Test func onlyWhatIsNewIsRead() throws {
    let model = Self.echo()
    let conversation = try Self.conversation(model)
    for question in ["one", "two", "three"] { _ = try conversation.answer(to: question) { _ in } }
    // "U:one\nA:", then the last letter of an answer, the end of the turn and the next one.
    #expect(model.calls.read == [8, 10, 12])
    let totals = conversation.totals
    #expect(totals.answers == 3)
    #expect(totals.readTokens == 30)
    #expect(
      totals.knownTokens == "U:one\nA:re: on".utf8.count
        + "U:one\nA:re: one\nU:two\nA:re: tw".utf8.count)
  }

  @Test func theOldestTurnsAreLetGo() throws {
    let conversation = try Self.conversation(Self.echo(contextLength: 100), maximumTokens: 20)
    var forgotten: [[ChatMessage]] = []
    var answers: [String] = []
    for turn in 0..<8 {
      var text = ""
      _ = try conversation.answer(to: "q\(turn)-----") {
        switch $0 {
        case .forgotten(let turns): forgotten.append(turns)
        case .text(let part): text += part
        }
      }
      answers.append(text)
    }
    #expect(answers == (0..<8).map { "re: q\($0)-----" })
    #expect(conversation.messages.count == 16)
    // Whole turns in their order, more than one at once.
    let all = forgotten.flatMap { $0 }
    #expect(all == Array(conversation.messages.prefix(conversation.forgottenCount)))
    #expect(!all.isEmpty && conversation.forgottenCount % 2 == 0)
    #expect(forgotten.allSatisfy { $0.first?.role == .user && $0.count >= 4 })
  }

  @Test func aTurnThatFitsNowhereIsRefused() throws {
    let conversation = try Self.conversation(Self.echo(contextLength: 40), maximumTokens: 8)
    _ = try conversation.answer(to: "a") { _ in }
    let before = conversation.messages
    #expect(throws: ConversationError.tooLong(tokens: 55, context: 40)) {
      try conversation.answer(to: String(repeating: "x", count: 50)) { _ in }
    }
    #expect(conversation.messages == before)
    #expect(conversation.forgottenCount == 0)
    _ = try conversation.answer(to: "b") { _ in }
    #expect(conversation.messages.last?.content == "re: b")
  }

  @Test func anAnswerThatIsStoppedStaysAsFarAsItCame() throws {
    let model = Self.echo()
    let conversation = try Self.conversation(model)
    var text = ""
    let answer = try conversation.answer(to: "question") {
      if text.count == 5 { throw Conversation.Interruption() }
      if case .text(let part) = $0 { text += part }
    }
    #expect(answer.isInterrupted)
    #expect(conversation.messages.count == 2)
    #expect(conversation.messages.last?.content.hasPrefix("re: q") == true)
    // Stopped before it began: the question is no turn.
    let other = try conversation.answer(to: "next") { _ in throw Conversation.Interruption() }
    #expect(other.isInterrupted || conversation.messages.count == 4)
    _ = try conversation.answer(to: "again") { _ in }
    #expect(conversation.messages.last?.content == "re: again")
  }

  @Test func whatTheTemplateRefusesIsNoTurn() throws {
    let conversation = try Self.conversation(
      source: "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        + Self.source)
    conversation.system = "s"
    #expect(throws: ChatTemplateError.refused(name: "the chat template", message: "no system")) {
      try conversation.answer(to: "a") { _ in }
    }
    #expect(conversation.messages.isEmpty)
  }

  @Test func retryWritesAnotherAnswer() throws {
    let conversation = try Self.conversation(ScriptedModel(random: 7), maximumTokens: 12)
    conversation.writer.options.sampling.temperature = 1
    #expect(throws: ConversationError.noAnswer) { try conversation.retry { _ in } }
    _ = try conversation.answer(to: "a") { _ in }
    let first = conversation.messages
    _ = try conversation.retry { _ in }
    #expect(conversation.messages.count == 2)
    #expect(conversation.messages[0] == first[0])
    #expect(conversation.messages[1] != first[1])
    struct Failure: Error {}
    let kept = conversation.messages
    #expect(throws: Failure.self) { try conversation.retry { _ in throw Failure() } }
    #expect(conversation.messages == kept)
  }

  @Test func turnsAreTakenBack() throws {
    let conversation = try Self.conversation()
    #expect(throws: ConversationError.nothingToUndo) { try conversation.undo() }
    for question in ["a", "b"] { _ = try conversation.answer(to: question) { _ in } }
    #expect(try conversation.undo().map(\.content) == ["b", "re: b"])
    #expect(conversation.messages.map(\.content) == ["a", "re: a"])
    conversation.clear()
    #expect(conversation.messages.isEmpty)
  }

  @Test func transcriptsAreTakenUpAgain() throws {
    let conversation = try Self.conversation()
    let transcript = [
      ChatMessage(.system, "s"), ChatMessage(.user, "a"), ChatMessage(.assistant, "b"),
    ]
    try conversation.resume(transcript)
    #expect(conversation.transcript == transcript)
    _ = try conversation.answer(to: "c") { _ in }
    #expect(conversation.messages.last?.content == "re: c")
    #expect(throws: ConversationError.self) {
      try conversation.resume([ChatMessage(.user, "a"), ChatMessage(.system, "s")])
    }
    #expect(throws: ConversationError.self) { try conversation.resume([ChatMessage(.user, "a")]) }
    #expect(conversation.messages.last?.content == "re: c")
  }
}

extension String {
  /// What stands between the last of one text and the other behind it, and what follows that.
  fileprivate func components(
    between start: String, and end: String
  ) -> (question: String, answer: String) {
    guard let first = ranges(of: start).last else { return ("", "") }
    let rest = self[first.upperBound...]
    guard let second = rest.ranges(of: end).first else { return (String(rest), "") }
    return (String(rest[..<second.lowerBound]), String(rest[second.upperBound...]))
  }
}
