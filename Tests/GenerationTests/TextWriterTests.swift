import Generation
import Models
import Testing

@Suite struct TextWriterTests {
  private static func prompt(_ text: String) -> [Int32] { [256] + text.utf8.map(Int32.init) }

  /// All that a writer hands out, in order.
  private static func events(
    _ model: ScriptedModel, _ prompts: [[Int32]], _ options: WritingOptions,
    drafting: Drafting = .none
  ) throws -> (texts: [WrittenText], pieces: [[String]], figures: WritingFigures) {
    let writer = TextWriter(
      model, tokenizer: ByteTokenizer(), options: options, drafting: drafting)
    var texts = prompts.map { _ in WrittenText() }
    var pieces = prompts.map { _ in [String]() }
    let figures = try writer.write(prompts) { event in
      switch event {
      case .read: break
      case .text(let prompt, let text): pieces[prompt].append(text)
      case .finished(let prompt, let text): texts[prompt] = text
      }
    }
    return (texts, pieces, figures)
  }

  @Test func charactersComeWholeAndTheEndTokenIsNotShown() throws {
    let outcome = try Self.events(
      ScriptedModel(writing: "né 🌱.", after: 4), [Self.prompt("abc")],
      WritingOptions(endTokens: [257]))
    #expect(outcome.pieces == [["n", "é", " ", "🌱", "."]])
    #expect(outcome.texts[0].text == "né 🌱.")
    #expect(outcome.texts[0].tokens == "né 🌱.".utf8.map(Int32.init))
    #expect(outcome.texts[0].reason == .endToken(257))
    #expect(outcome.texts[0].promptTokens == 4)
  }

  /// A character that the prompt begins is ended by the continuation.
  @Test func theContinuationMayEndAPromptsCharacter() throws {
    let bytes = Array("é".utf8).map(Int32.init)
    let model = ScriptedModel(contextLength: 64) { tokens in
      var scores = [Float](repeating: 0, count: 258)
      scores[tokens.count == 2 ? Int(bytes[1]) : 257] = 1
      return scores
    }
    let outcome = try Self.events(model, [[256, bytes[0]]], WritingOptions(endTokens: [257]))
    #expect(outcome.texts[0].text == "é")
  }

  @Test func everyReasonToEnd() throws {
    let model = ScriptedModel(writing: "one two three", after: 2, contextLength: 12)
    func text(_ options: WritingOptions) throws -> WrittenText {
      try Self.events(model, [Self.prompt("x")], options).texts[0]
    }
    let stopped = try text(WritingOptions(stopTexts: ["zzz", " two"]))
    #expect(stopped.text == "one")
    #expect(stopped.reason == .stopText)
    #expect(stopped.tokens.count == 7)
    let limited = try text(WritingOptions(maximumTokens: 5, stopTexts: ["tw "]))
    #expect(limited.text == "one t")
    #expect(limited.reason == .maximumTokens)
    let full = try text(WritingOptions(endTokens: [257]))
    #expect(full.text == "one two th")
    #expect(full.reason == .contextEnd)
    let several = try text(WritingOptions(endTokens: [257, Int32(UInt8(ascii: "w"))]))
    #expect(several.text == "one t")
    #expect(several.reason == .endToken(Int32(UInt8(ascii: "w"))))
    let nothing = try text(WritingOptions(maximumTokens: 0))
    #expect(nothing.text == "" && nothing.reason == .maximumTokens)
  }

  @Test func whatIsHeldBackIsShownAtTheEnd() throws {
    let outcome = try Self.events(
      ScriptedModel(writing: "ab", after: 2), [Self.prompt("x")],
      WritingOptions(stopTexts: ["abc"], endTokens: [257]))
    #expect(outcome.pieces == [["ab"]])
  }

  @Test func aPromptThatIsTooLong() throws {
    let model = ScriptedModel(random: 1, contextLength: 20)
    let long = Self.prompt(String(repeating: "x", count: 20) + "yz")
    let error = #expect(throws: GenerationError.self) {
      try Self.events(model, [[1], long], WritingOptions())
    }
    let message = "\(try #require(error))"
    for words in ["prompt 2 of 2", "23 tokens", "context of 20", "--truncate-prompt"] {
      #expect(message.contains(words), "\(message)")
    }
    let cut = try Self.events(
      model, [long], WritingOptions(maximumTokens: 6, truncatesPrompts: true)
    ).texts[0]
    #expect(cut.cutTokens == 9 && cut.promptTokens == 14)
    // The start token stays, and the end of the text.
    let same = try Self.events(
      model, [[256] + long.suffix(13)], WritingOptions(maximumTokens: 6)
    ).texts[0]
    #expect(cut.tokens == same.tokens)
    // Never less than half of the context is left of it.
    let half = try Self.events(
      model, [long], WritingOptions(maximumTokens: 1_000, truncatesPrompts: true)
    ).texts[0]
    #expect(half.promptTokens == 10 && half.tokens.count == 10)
  }

  @Test func badRequestsAreRefused() throws {
    let model = ScriptedModel(random: 1)
    func refuses(_ prompts: [[Int32]], _ options: WritingOptions, _ drafting: Drafting = .none)
      -> GenerationError?
    {
      #expect(throws: GenerationError.self) {
        try Self.events(model, prompts, options, drafting: drafting)
      }
    }
    #expect(refuses([[]], WritingOptions()) == .emptyPrompt(prompt: 0, of: 1))
    #expect(
      refuses([[1], [258]], WritingOptions()) == .unknownToken(258, prompt: 1, vocabulary: 258))
    #expect(refuses([[-1]], WritingOptions()) == .unknownToken(-1, prompt: 0, vocabulary: 258))
    #expect(refuses([[1]], WritingOptions(maximumTokens: -1)) == .negativeMaximum(-1))
    #expect(refuses([[1]], WritingOptions(stopTexts: [""])) == .emptyStopText)
    #expect(refuses([[1]], WritingOptions(), .promptLookup(tokens: 0)) == .noDraftTokens(0))
    let small = ScriptedModel(vocabularySize: 100) { _ in [Float](repeating: 0, count: 100) }
    #expect(
      refuses([[1]], WritingOptions(), .model(small, tokens: 4))
        == .draftOfOtherTokens(vocabulary: 100, expected: 258))
  }

  private static let variety: [SamplingOptions] = [
    SamplingOptions(), SamplingOptions(repetitionPenalty: 1.3),
    SamplingOptions(temperature: 0.8, topK: 20, topP: 0.9, repetitionPenalty: 1.1, seed: 5),
  ]

  /// Prompts of different lengths, more of them than are written at once.
  @Test(arguments: variety)
  func aTextIsTheSameAloneAndBesideOthers(sampling: SamplingOptions) throws {
    let model = ScriptedModel(random: 3)
    let prompts = (0..<7).map { Self.prompt(String(repeating: "ab", count: 1 + 3 * $0)) }
    var options = WritingOptions(sampling: sampling, maximumTokens: 40, endTokens: [257, 10, 65])
    options.sequencesAtOnce = 3
    let together = try Self.events(model, prompts, options)
    for (index, prompt) in prompts.enumerated() {
      let alone = try Self.events(model, [prompt], options)
      #expect(alone.texts[0].tokens == together.texts[index].tokens)
      #expect(alone.texts[0].text == together.pieces[index].joined())
      #expect(alone.texts[0].reason == together.texts[index].reason)
    }
    #expect(together.figures.prompts.tokens == prompts.map(\.count).reduce(0, +))
    let written = together.texts.map { text in
      text.tokens.count - 1 + (text.reason.name == "end" ? 1 : 0)
    }
    #expect(together.figures.writing.tokens == written.reduce(0, +))
  }

  /// Guesses change how often the model is asked, and nothing else.
  @Test(arguments: variety, [1, 2, 7])
  func guessingChangesNoToken(sampling: SamplingOptions, tokens: Int) throws {
    let prompts = [Self.prompt("one two one two one"), Self.prompt("x"), Self.prompt("abab")]
    let options = WritingOptions(
      sampling: sampling, maximumTokens: 120, stopTexts: ["\u{1}\u{2}"], endTokens: [257, 10])
    let plain = try Self.events(ScriptedModel(random: 8), prompts, options)
    for drafting in [
      Drafting.promptLookup(tokens: tokens), .model(ScriptedModel(random: 8), tokens: tokens),
      // One that is seldom right, and one whose context ends early.
      .model(ScriptedModel(random: 9), tokens: tokens),
      .model(ScriptedModel(random: 8, contextLength: 30), tokens: tokens),
    ] {
      let model = ScriptedModel(random: 8)
      let guessed = try Self.events(model, prompts, options, drafting: drafting)
      for (ours, theirs) in zip(guessed.texts, plain.texts) {
        #expect(ours.tokens == theirs.tokens)
        #expect(ours.text == theirs.text)
        #expect(ours.reason == theirs.reason)
        #expect(ours.accepted <= ours.drafted)
      }
      #expect(guessed.figures.drafted == guessed.texts.map(\.drafted).reduce(0, +))
      #expect(guessed.figures.writing.tokens == plain.figures.writing.tokens)
      #expect(guessed.figures.writing.steps == model.calls.steps)
    }
  }

  /// A draft that is the model itself is right throughout, also where tokens are drawn.
  @Test(arguments: variety)
  func aPerfectDraftIsAlwaysRight(sampling: SamplingOptions) throws {
    var sampling = sampling
    sampling.repetitionPenalty = 1
    let model = ScriptedModel(random: 8)
    let outcome = try Self.events(
      model, [Self.prompt("abc")], WritingOptions(sampling: sampling, maximumTokens: 200),
      drafting: .model(ScriptedModel(random: 8), tokens: 8))
    let figures = outcome.figures
    #expect(figures.drafted > 100)
    #expect(figures.acceptanceRate == 1)
    #expect(figures.writing.tokens == 199)
    // 4 + 1 in 32 plain steps, drafts of 5, 7 and then 8.
    #expect(figures.writing.steps < 35)
    #expect((figures.guessing.tokensPerStep ?? 0) > 7)
    #expect(figures.plain.steps == 3)
  }

  @Test func aTextThatRepeatsItselfIsLookedUp() throws {
    let text = String(repeating: "the quick brown fox. ", count: 9)
    let model = ScriptedModel(writing: text, after: 2)
    let outcome = try Self.events(
      model, [Self.prompt("x")], WritingOptions(maximumTokens: 180),
      drafting: .promptLookup(tokens: 10))
    #expect(outcome.texts[0].text == text.prefix(180))
    #expect(outcome.figures.writing.steps < 60)
    #expect((outcome.figures.acceptanceRate ?? 0) > 0.8)
  }

  /// A conversation's next prompt is read from where it differs from the text so far.
  @Test func aKeptContextIsNotReadAgain() throws {
    let model = ScriptedModel(random: 4)
    let writer = TextWriter(
      model, tokenizer: ByteTokenizer(), options: WritingOptions(maximumTokens: 20),
      drafting: .promptLookup(tokens: 4), keepsContext: true)
    let first = Self.prompt("hello")
    let answer = try writer.texts(continuing: [first])[0].tokens
    let second = first + answer + Self.prompt("again")
    let kept = try writer.texts(continuing: [second])[0]
    #expect(kept.knownTokens == first.count + 19)
    #expect(model.calls.read == [6, 7])
    let fresh = TextWriter(
      ScriptedModel(random: 4), tokenizer: ByteTokenizer(),
      options: WritingOptions(maximumTokens: 20))
    #expect(try fresh.texts(continuing: [second])[0].tokens == kept.tokens)
    // The same prompt again: its last token is read for its scores.
    #expect(try writer.texts(continuing: [second])[0].tokens == kept.tokens)
    #expect(model.calls.read == [6, 7, 1])
    // Another text altogether.
    _ = try writer.texts(continuing: [[7, 8, 9]])
    #expect(model.calls.read == [6, 7, 1, 3])
  }

  /// What a receiver throws ends writing; a kept session can be used afterwards.
  @Test func writingCanBeStopped() throws {
    struct Enough: Error {}
    let model = ScriptedModel(random: 4)
    let writer = TextWriter(
      model, tokenizer: ByteTokenizer(), options: WritingOptions(maximumTokens: 50),
      drafting: .promptLookup(tokens: 4), keepsContext: true)
    var tokens = 0
    #expect(throws: Enough.self) {
      try writer.write([[1, 2, 3]]) { event in
        if case .text = event {
          tokens += 1
          if tokens == 9 { throw Enough() }
        }
      }
    }
    let again = try writer.texts(continuing: [[1, 2, 3, 4]])[0]
    let fresh = TextWriter(
      ScriptedModel(random: 4), tokenizer: ByteTokenizer(),
      options: WritingOptions(maximumTokens: 50))
    #expect(try fresh.texts(continuing: [[1, 2, 3, 4]])[0].tokens == again.tokens)
  }

  @Test func aScoreThatIsNotFiniteEndsWriting() throws {
    let model = ScriptedModel(contextLength: 64) { tokens in
      [Float](repeating: tokens.count > 5 ? .nan : 1, count: 258)
    }
    let error = #expect(throws: GenerationError.self) {
      try Self.events(model, [[1, 2]], WritingOptions())
    }
    #expect("\(try #require(error))".contains("token 0 at place 6 of the text is nan"))
  }
}
