import Foundation
import Models

/// One text that is being written.
final class WritingSequence {
  let prompt: Int
  /// Its place in the session.
  let slot: Int
  /// The prompt and what was written; the last token is not in the session yet.
  private(set) var tokens: [Int32]
  /// Each of the tokens once; empty where there is no penalty.
  let history: TokenHistory
  var result: WrittenText
  private(set) var isFinished = false
  /// What is guessed to come next, and how much was asked for.
  var draft: [Int32] = []
  private(set) var draftCount = 0

  private let settings: Settings
  private var stream: TextStream
  private var length: DraftLength
  private var lookup: PromptLookup?
  private let start = ContinuousClock.now

  /// What the sequences of one call have in common.
  struct Settings {
    let endTokens: Set<Int32>
    let maximumTokens: Int
    let contextLength: Int
    let drafting: Drafting
    /// The size of the penalty's history; 0 where there is none.
    let penalized: Int
  }

  init(
    _ result: WrittenText, tokens prompt: [Int32], prompt index: Int, slot: Int,
    stream: TextStream, _ settings: Settings
  ) {
    self.prompt = index
    self.slot = slot
    self.result = result
    self.stream = stream
    self.settings = settings
    let capacity = prompt.count + settings.maximumTokens
    tokens = prompt
    tokens.reserveCapacity(capacity)
    self.result.tokens.reserveCapacity(settings.maximumTokens)
    length = DraftLength(maximum: settings.drafting.maximumTokens)
    draft.reserveCapacity(settings.drafting.maximumTokens)
    history = TokenHistory(vocabularySize: settings.penalized)
    prompt.forEach(history.append)
    if case .promptLookup = settings.drafting {
      lookup = PromptLookup(capacity: capacity)
      for token in prompt { lookup?.append(token) }
    }
  }

  /// Takes a token in; returns the text that it sets free.
  func take(_ token: Int32) -> String {
    precondition(!isFinished, "a token for a text that has ended")
    if settings.endTokens.contains(token) { return finish(.endToken(token), stream.finish()) }
    tokens.append(token)
    result.tokens.append(token)
    history.append(token)
    lookup?.append(token)
    let (text, isStopped) = stream.append(token)
    if isStopped { return finish(.stopText, text) }
    if result.tokens.count == settings.maximumTokens {
      return finish(.maximumTokens, text + stream.finish())
    }
    if tokens.count == settings.contextLength {
      return finish(.contextEnd, text + stream.finish())
    }
    result.text += text
    return text
  }

  private func finish(_ reason: FinishReason, _ text: String) -> String {
    isFinished = true
    result.reason = reason
    result.text += text
    result.seconds = (ContinuousClock.now - start) / .seconds(1)
    return text
  }

  /// Forgets the last draft and says how long the next one may be: no longer than what is left to
  /// write, but for the token that the last row gives.
  func beginDraft(isPlain: Bool) {
    draft.removeAll(keepingCapacity: true)
    let left = min(
      settings.maximumTokens - result.tokens.count, settings.contextLength - tokens.count)
    draftCount = isPlain ? 0 : max(0, min(length.current, left - 1))
  }

  /// Guesses from the text itself, where that is the way.
  func lookUp() {
    guard draftCount > 0, let lookup else { return }
    lookup.propose(draftCount, into: &draft)
  }

  func noteAccepted(_ accepted: Int) {
    result.drafted += draft.count
    result.accepted += accepted
    length.update(drafted: draft.count, accepted: accepted)
  }
}
