import Foundation
import Generation
import Kernels

/// What `samara generate --json` tells of one prompt: one line.
public struct WrittenTextRecord: Sendable, Encodable {
  /// What was asked for.
  public struct Settings: Sendable, Encodable {
    let model: String
    let type: WeightFormat
    let maximumTokens: Int
    let temperature: Double
    let topK: Int
    let topP: Double
    let minP: Double
    let repetitionPenalty: Double
    let seed: UInt64
    let stop: [String]
    /// The draft model's path, or `prompt lookup`.
    let draft: String?
    let draftTokens: Int?
    let threads: Int
  }

  let prompt: String
  let text: String
  let tokens: [Int32]
  /// `stop`, `end`, `length` or `context`.
  let finishReason: String
  let promptTokens: Int
  let cutTokens: Int
  let promptSeconds: Double
  /// From the first token to the end, beside the other prompts of a batch.
  let seconds: Double
  /// Of this prompt's reading.
  let promptTokensPerSecond: Double?
  /// Of all prompts' writing together.
  let tokensPerSecond: Double?
  /// The tokens guessed ahead, and those that were right; nil where nothing is guessed.
  let drafted: Int?
  let accepted: Int?
  let acceptanceRate: Double?
  let tokensPerStep: Double?
  /// Over the plain steps timed in the same run.
  let speedUp: Double?
  let settings: Settings

  public init(
    _ written: WrittenText, prompt: String, figures: WritingFigures, settings: Settings
  ) {
    self.prompt = prompt
    text = written.text
    tokens = written.tokens
    finishReason = written.reason.name
    promptTokens = written.promptTokens
    cutTokens = written.cutTokens
    promptSeconds = written.promptSeconds
    seconds = written.seconds
    promptTokensPerSecond =
      written.promptSeconds > 0 ? Double(written.promptTokens) / written.promptSeconds : nil
    tokensPerSecond = figures.writing.tokensPerSecond
    let guesses = settings.draft != nil
    drafted = guesses ? written.drafted : nil
    accepted = guesses ? written.accepted : nil
    acceptanceRate =
      written.drafted > 0 ? Double(written.accepted) / Double(written.drafted) : nil
    tokensPerStep = figures.writing.tokensPerStep
    speedUp = figures.speedUp
    self.settings = settings
  }

  /// One object on one line.
  public func json() throws -> Data { try JSONRecord.line(self) }
}

extension WrittenTextRecord.Settings {
  public init(
    _ options: WritingOptions, drafting: Drafting, model: WritingModel, draftPath: String?,
    threads: Int
  ) {
    self.model = model.path
    type = model.type
    maximumTokens = options.maximumTokens
    temperature = options.sampling.temperature
    topK = options.sampling.topK
    topP = options.sampling.topP
    minP = options.sampling.minP
    repetitionPenalty = options.sampling.repetitionPenalty
    seed = options.sampling.seed
    stop = options.stopTexts
    switch drafting {
    case .none: (draft, draftTokens) = (nil, nil)
    case .promptLookup(let tokens): (draft, draftTokens) = ("prompt lookup", tokens)
    case .model(_, let tokens): (draft, draftTokens) = (draftPath, tokens)
    }
    self.threads = threads
  }
}
