import Tokenization

/// Turns prompts of a chat template into token ids.
///
/// What the template writes may become special tokens; what the conversation brings cannot, whatever it
/// spells: it is never looked through for markers, and ids that it gives are checked. Between
/// markers, text is encoded as one stretch whoever wrote it, so that ids are those that
/// transformers gives for a conversation without forgeries.
public struct ChatPromptEncoder: Sendable {
  public let tokenizer: any Tokenizer
  public let template: ChatTemplate
  /// What ends an answer besides the tokenizer's end token: what the template writes behind one.
  public let answerEnd: AnswerEnd

  /// What the template writes right behind an answer.
  public struct AnswerEnd: Sendable, Equatable {
    public var tokens: Set<Int32> = []
    public var texts: [String] = []

    public init(tokens: Set<Int32> = [], texts: [String] = []) {
      self.tokens = tokens
      self.texts = texts
    }
  }

  /// To this tokenizer the guarded markers are ordinary text.
  private let plainTokenizer: any Tokenizer
  private let finder: MarkerFinder
  private let guarded: Set<Int32>
  private let texts: [Int32: String]

  /// Prepares a tokenizer for a template.
  ///
  /// Guarded are all special tokens, and of the other markers those that the template writes: some
  /// models have tokens for the turns that their tokenizers do not call special.
  ///
  /// - Throws: `TokenizationError`.
  public init(_ tokenizer: any Tokenizer, template: ChatTemplate) throws(TokenizationError) {
    var template = template
    let name = { (token: Int32?) in token.map { tokenizer.piece($0) } }
    template.tokens = .init(
      start: template.tokens.start ?? name(tokenizer.startToken),
      end: template.tokens.end ?? name(tokenizer.endToken),
      padding: template.tokens.padding ?? name(tokenizer.paddingToken))
    let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    let markers = tokenizer.markers.filter { !$0.text.allSatisfy(blanks.contains) }
    let written = MarkerFinder(markers)
    var used: Set<Int32> = []
    for prompt in Self.samples(of: template) {
      for part in written.parts(of: Self.masked(prompt)) {
        if case .marker(let token) = part { used.insert(token) }
      }
    }
    for part in written.parts(of: Array(template.source.utf8)) {
      if case .marker(let token) = part { used.insert(token) }
    }
    let guards = markers.filter { $0.isSpecial || used.contains($0.token) }
    guarded = Set(guards.map(\.token))
    finder = MarkerFinder(guards)
    texts = Dictionary(guards.map { ($0.token, String(decoding: $0.text, as: UTF8.self)) }) { $1 }
    plainTokenizer = try tokenizer.ignoringMarkers(guarded)
    answerEnd = Self.answerEnd(of: template, finder)
    self.tokenizer = tokenizer
    self.template = template
  }

  /// Returns the ids of a conversation's prompt.
  ///
  /// - Throws: `ChatTemplateError`.
  public func tokens(
    for messages: [ChatMessage], addsGenerationPrompt: Bool = true,
    clock: TemplateClock = .present
  ) throws(ChatTemplateError) -> [Int32] {
    try tokens(
      of: try template.prompt(
        for: messages, addsGenerationPrompt: addsGenerationPrompt, clock: clock))
  }

  /// Returns the ids of a prompt.
  ///
  /// - Throws: `ChatTemplateError.forgedMarker` if the tokenizer gives a marker for ordinary text.
  public func tokens(of prompt: ChatPrompt) throws(ChatTemplateError) -> [Int32] {
    let bytes = Array(prompt.text.utf8)
    var tokens: [Int32] = []
    for part in finder.parts(of: Self.masked(prompt)) {
      switch part {
      case .marker(let token): tokens.append(token)
      case .text(let range):
        let stretch = bytes[range].withUnsafeBufferPointer {
          plainTokenizer.encode($0, isFirst: range.lowerBound == 0)
        }
        if let forged = stretch.first(where: guarded.contains) {
          throw .forgedMarker(token: forged, text: texts[forged] ?? "")
        }
        tokens += stretch
      }
    }
    return tokens
  }

  /// The prompt's bytes with what the conversation wrote made unreadable, but for white space.
  private static func masked(_ prompt: ChatPrompt) -> [UInt8] {
    prompt.parts.flatMap { part -> [UInt8] in
      guard !part.isTemplate else { return Array(part.text.utf8) }
      return part.text.utf8.map { [0x20, 0x09, 0x0A, 0x0D].contains($0) ? $0 : 0 }
    }
  }

  /// Prompts that show what the template writes.
  private static func samples(of template: ChatTemplate) -> [ChatPrompt] {
    let turns = [ChatMessage(.user, "u"), ChatMessage(.assistant, "a")]
    let conversations = [
      turns, [ChatMessage(.system, "s")] + turns, turns.dropLast() + [],
      turns + [ChatMessage(.user, "v")],
    ]
    return conversations.flatMap { messages in
      [true, false].compactMap { adds in
        try? template.prompt(
          for: messages, addsGenerationPrompt: adds, clock: TemplateClock(seconds: 0))
      }
    }
  }

  /// What comes behind an answer, as far as it is one token or a word.
  private static func answerEnd(of template: ChatTemplate, _ finder: MarkerFinder) -> AnswerEnd {
    let turns = [ChatMessage(.user, "u"), ChatMessage(.assistant, "a")]
    guard
      let prompt = try? template.prompt(
        for: turns, addsGenerationPrompt: false, clock: TemplateClock(seconds: 0)),
      let last = prompt.parts.last, last.isTemplate
    else { return AnswerEnd() }
    let bytes = Array(last.text.utf8)
    for part in finder.parts(of: bytes) {
      switch part {
      case .marker(let token): return AnswerEnd(tokens: [token])
      case .text(let range):
        let word = String(decoding: bytes[range], as: UTF8.self).split { $0.isWhitespace }.first
        if let word { return AnswerEnd(texts: [String(word)]) }
      }
    }
    return AnswerEnd()
  }
}
