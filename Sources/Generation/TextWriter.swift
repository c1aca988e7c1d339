import Foundation
import Models
import Tokenization

/// Continues texts with a model: some of them at once, each as if it were alone.
///
/// Guessed tokens change the speed and never the text. A step scores the text's next token and every
/// guess behind it; each row is chosen from as it would be without guesses, with the draw of its own
/// place, and a guess stands if it is what was chosen. The rule of speculative sampling
/// (arXiv:2211.17192) keeps the distribution alone; this keeps every token, so that a seed gives one
/// text whatever is guessed.
public final class TextWriter {
  public let model: any DecodingModel
  public let tokenizer: any Tokenizer
  public let drafting: Drafting
  /// What the next call of `write` does.
  public var options: WritingOptions
  /// Whether the session stays between calls, so that a prompt which begins like the text before it
  /// (a conversation) is read from where they differ.
  private let keepsContext: Bool

  private var session: (any DecodingSession)?
  private var draftModel: DraftModel?
  /// What was written last in each place of a kept session.
  private var latest: [WritingSequence?] = []
  private var rows: [DecodingRow] = []
  private var events: [WritingEvent] = []
  private var figures = WritingFigures()

  /// Steps without guesses are timed at the beginning and then one in so many, to compare with.
  private static let plainSteps = 4
  private static let plainInterval = 32

  public init(
    _ model: any DecodingModel, tokenizer: any Tokenizer,
    options: WritingOptions = WritingOptions(), drafting: Drafting = .none,
    keepsContext: Bool = false
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.options = options
    self.drafting = drafting
    self.keepsContext = keepsContext
  }

  /// Continues prompts, each of them tokens; hands out what happens, and says how fast it was.
  ///
  /// - Throws: ``GenerationError``, and what `emit` throws: then writing ends.
  @discardableResult
  public func write(
    _ prompts: [[Int32]], emit: (WritingEvent) throws -> Void
  ) throws -> WritingFigures {
    figures = WritingFigures()
    let sampler = try checkedSampler()
    let stops = try StopTexts(options.stopTexts)
    var waiting = try prompts.indices.map { try prepared(prompts, $0) }[...]
    if options.maximumTokens == 0 {
      for prompt in waiting { try emit(.finished(prompt: prompt.index, prompt.result)) }
      return figures
    }
    let session = openSession(for: Array(waiting))
    // A session that is left in the middle of a step holds guesses.
    var isInOrder = false
    defer { if !isInOrder || !keepsContext { self.session = nil } }
    var active: [WritingSequence] = []
    var step = 0
    while true {
      while !waiting.isEmpty, let slot = freeSlot(active, waiting[waiting.startIndex]) {
        isInOrder = false
        let sequence = try begin(waiting.removeFirst(), slot: slot, session, sampler, stops)
        isInOrder = true
        if !sequence.isFinished { active.append(sequence) }
        try deliver(emit)
      }
      guard !active.isEmpty else { return figures }
      let isPlain = step < Self.plainSteps || step % Self.plainInterval == 0
      isInOrder = false
      try take(active, session, sampler, isPlain: isPlain, isFirst: step == 0)
      isInOrder = true
      active.removeAll { $0.isFinished }
      try deliver(emit)
      step += 1
    }
  }

  /// Continues prompts and gives the whole texts.
  public func texts(continuing prompts: [[Int32]]) throws -> [WrittenText] {
    var texts = prompts.map { _ in WrittenText() }
    try write(prompts) { if case .finished(let prompt, let text) = $0 { texts[prompt] = text } }
    return texts
  }
}

// MARK: - Before writing

extension TextWriter {
  private struct Prompt {
    let index: Int
    var tokens: [Int32]
    var result: WrittenText
  }

  private func checkedSampler() throws(GenerationError) -> Sampler {
    guard options.maximumTokens >= 0 else { throw .negativeMaximum(options.maximumTokens) }
    let limit = min(model.vocabularySize, tokenizer.vocabularySize)
    switch drafting {
    case .none: break
    case .promptLookup(let tokens), .model(_, let tokens):
      guard tokens >= 1 else { throw .noDraftTokens(tokens) }
    }
    if case .model(let draft, _) = drafting, draft.vocabularySize < limit {
      throw .draftOfOtherTokens(vocabulary: draft.vocabularySize, expected: limit)
    }
    return try Sampler(options.sampling, limit: limit)
  }

  /// A prompt that fits, with room for one token more.
  private func prepared(_ prompts: [[Int32]], _ index: Int) throws(GenerationError) -> Prompt {
    var tokens = prompts[index]
    guard !tokens.isEmpty else { throw .emptyPrompt(prompt: index, of: prompts.count) }
    let known = 0..<Int32(clamping: model.vocabularySize)
    if let stray = tokens.first(where: { !known.contains($0) }) {
      throw .unknownToken(stray, prompt: index, vocabulary: model.vocabularySize)
    }
    var result = WrittenText()
    let context = model.contextLength
    if tokens.count >= context {
      guard options.truncatesPrompts, context > 2 else {
        throw .promptTooLong(
          prompt: index, of: prompts.count, tokens: tokens.count, context: context)
      }
      // Room for what is to be written, but never less than half of the context for the prompt.
      let kept = context - max(1, min(options.maximumTokens, context / 2))
      // What stands before every text stays.
      let start = tokenizer.startToken.map { tokens[0] == $0 ? [$0] : [] } ?? []
      result.cutTokens = tokens.count - kept
      tokens = start + tokens.suffix(kept - start.count)
    }
    result.promptTokens = tokens.count
    return Prompt(index: index, tokens: tokens, result: result)
  }

  private func openSession(for prompts: [Prompt]) -> any DecodingSession {
    let slots = max(1, min(options.sequencesAtOnce, prompts.count))
    if keepsContext, let session, session.counts.count >= slots { return session }
    let longest = prompts.map(\.tokens.count).max() ?? 0
    let room = longest.addingReportingOverflow(options.maximumTokens)
    let capacity =
      keepsContext || room.overflow
      ? model.contextLength : min(model.contextLength, room.partialValue)
    let capacities = Array(repeating: capacity, count: slots)
    let most = slots * (1 + drafting.maximumTokens)
    let opened = model.makeSession(capacities: capacities, rowsAtOnce: most)
    rows.reserveCapacity(most)
    latest = capacities.map { _ in nil }
    if case .model(let draft, _) = drafting {
      draftModel = DraftModel(draft, capacities: capacities)
    }
    session = opened
    return opened
  }

  /// The free place whose last text begins most like a prompt; nil if none is free.
  private func freeSlot(_ active: [WritingSequence], _ prompt: Prompt) -> Int? {
    latest.indices.filter { slot in !active.contains { $0.slot == slot } }
      .max { common(prompt.tokens, slot: $0) < common(prompt.tokens, slot: $1) }
  }

  /// How many of a prompt's first tokens a place of the session holds.
  private func common(_ prompt: [Int32], slot: Int) -> Int {
    guard keepsContext, let session, let latest = latest[slot] else { return 0 }
    // The last one is read again, since its scores are wanted.
    let most = min(session.counts[slot], prompt.count - 1)
    var count = 0
    while count < most, latest.tokens[count] == prompt[count] { count += 1 }
    return count
  }
}

// MARK: - Writing

extension TextWriter {
  /// Reads a prompt and takes the first token of its continuation.
  private func begin(
    _ prompt: Prompt, slot: Int, _ session: any DecodingSession, _ sampler: Sampler,
    _ stops: StopTexts
  ) throws(GenerationError) -> WritingSequence {
    let known = common(prompt.tokens, slot: slot)
    let start = ContinuousClock.now
    session.cut(sequence: slot, to: known)
    session.read(Array(prompt.tokens[known...]), sequence: slot)
    var result = prompt.result
    result.knownTokens = known
    result.promptSeconds = (ContinuousClock.now - start) / .seconds(1)
    let sequence = WritingSequence(
      result, tokens: prompt.tokens, prompt: prompt.index, slot: slot,
      stream: TextStream(tokenizer, stops: stops, after: prompt.tokens),
      WritingSequence.Settings(
        endTokens: options.endTokens, maximumTokens: options.maximumTokens,
        contextLength: model.contextLength, drafting: drafting,
        penalized: options.sampling.repetitionPenalty == 1 ? 0 : sampler.limit))
    latest[slot] = sequence
    figures.prompts.add(tokens: prompt.tokens.count - known, seconds: result.promptSeconds)
    events.append(.read(prompt: prompt.index, result))
    try take(sequence, row: 0, session, sampler)
    noteFinished(sequence)
    if !sequence.isFinished { draftModel?.read(sequence) }
    return sequence
  }

  private func noteFinished(_ sequence: WritingSequence) {
    guard sequence.isFinished else { return }
    events.append(.finished(prompt: sequence.prompt, sequence.result))
  }

  /// One step for all texts: guess, test, choose.
  private func take(
    _ sequences: [WritingSequence], _ session: any DecodingSession, _ sampler: Sampler,
    isPlain: Bool, isFirst: Bool
  ) throws(GenerationError) {
    let start = ContinuousClock.now
    for sequence in sequences {
      sequence.beginDraft(isPlain: isPlain)
      sequence.lookUp()
    }
    if !isPlain { try draftModel?.propose(for: sequences, sampler) }
    rows.removeAll(keepingCapacity: true)
    for sequence in sequences {
      guard let pending = sequence.tokens.last else { continue }
      rows.append(DecodingRow(sequence: sequence.slot, token: pending))
      for token in sequence.draft {
        rows.append(DecodingRow(sequence: sequence.slot, token: token))
      }
    }
    session.step(rows)
    var (row, taken) = (0, 0)
    for sequence in sequences {
      taken += try accept(sequence, row: row, session, sampler)
      row += 1 + sequence.draft.count
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    figures.writing.add(tokens: taken, seconds: seconds)
    if case .none = drafting { return }
    // The very first step warms up.
    if !isPlain {
      figures.guessing.add(tokens: taken, seconds: seconds)
    } else if !isFirst {
      figures.plain.add(tokens: taken, seconds: seconds)
    }
  }

  /// Takes the tokens that a sequence's rows give, up to the first that was not guessed; returns how
  /// many there are.
  private func accept(
    _ sequence: WritingSequence, row: Int, _ session: any DecodingSession, _ sampler: Sampler
  ) throws(GenerationError) -> Int {
    var (taken, accepted) = (0, 0)
    while !sequence.isFinished {
      let token = try take(sequence, row: row + taken, session, sampler)
      taken += 1
      guard taken <= sequence.draft.count, sequence.draft[taken - 1] == token else { break }
      accepted += 1
    }
    session.cut(sequence: sequence.slot, to: sequence.tokens.count - 1)
    sequence.noteAccepted(accepted)
    figures.drafted += sequence.draft.count
    figures.accepted += accepted
    noteFinished(sequence)
    return taken
  }

  /// Chooses a sequence's next token from a row's scores.
  @discardableResult
  private func take(
    _ sequence: WritingSequence, row: Int, _ session: any DecodingSession, _ sampler: Sampler
  ) throws(GenerationError) -> Int32 {
    let token = try session.withScores(row: row) { scores throws(GenerationError) in
      try sampler.choose(
        from: scores, position: sequence.tokens.count, after: sequence.history.tokens)
    }
    let text = sequence.take(token)
    if !text.isEmpty { events.append(.text(prompt: sequence.prompt, text)) }
    return token
  }

  /// Hands out what has happened, once the clock stands and the session is in order.
  private func deliver(_ emit: (WritingEvent) throws -> Void) throws {
    defer { events.removeAll(keepingCapacity: true) }
    for event in events { try emit(event) }
  }
}
