import Experiments
import Foundation
import Generation
import Terminal

/// Prints texts while they are written, in the order of their prompts: the first that is not complete
/// flows, those behind it wait.
struct GenerationOutput {
  private let prompts: [String]
  private let isJSON: Bool
  /// What waits to be printed, and what is complete.
  private var waiting: [String]
  private var finished: [WrittenText?]
  private var current = 0

  init(_ prompts: [String], isJSON: Bool) {
    self.prompts = prompts
    self.isJSON = isJSON
    waiting = prompts
    finished = prompts.map { _ in nil }
  }

  mutating func take(_ event: WritingEvent) throws {
    switch event {
    case .read(let prompt, let written):
      if written.cutTokens > 0 {
        let name = prompts.count == 1 ? "the prompt" : "prompt \(prompt + 1)"
        ProgressLine.writeToStandardError(
          "\(name) is too long: its first \(written.cutTokens) tokens are left out, the last "
            + "\(written.promptTokens) are read\n")
      }
    case .text(let prompt, let text): waiting[prompt] += text
    case .finished(let prompt, let written):
      finished[prompt] = written
      if written.reason == .contextEnd {
        let name = prompts.count == 1 ? "the text" : "text \(prompt + 1)"
        ProgressLine.writeToStandardError(
          "note: \(name) ends because the model's context is full\n")
      }
    }
    guard !isJSON else { return }
    while current < prompts.count {
      try print(waiting[current])
      waiting[current] = ""
      guard finished[current] != nil else { return }
      current += 1
      try print(current < prompts.count ? "\n\n" : "\n")
    }
  }

  /// One object a prompt.
  func writeRecords(
    _ figures: WritingFigures, _ settings: WrittenTextRecord.Settings
  ) throws {
    for case (let prompt, let written?) in zip(prompts, finished) {
      let record = WrittenTextRecord(written, prompt: prompt, figures: figures, settings: settings)
      try FileHandle.standardOutput.write(contentsOf: record.json())
    }
  }

  private func print(_ text: String) throws {
    guard !text.isEmpty else { return }
    try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  }
}

/// How fast text was written, for people.
struct GenerationFiguresText {
  private let figures: WritingFigures
  private let model: WritingModel
  private let draft: WritingModel?

  init(_ figures: WritingFigures, model: WritingModel, draft: WritingModel?) {
    self.figures = figures
    self.model = model
    self.draft = draft
  }

  var text: String {
    var lines = [
      "\(model.path), \(model.type.rawValue), read in \(Format.seconds(model.loadSeconds))",
      "prompts: " + Self.pace(figures.prompts), "writing: " + Self.pace(figures.writing),
    ]
    if let rate = figures.acceptanceRate {
      let steps = figures.writing.tokensPerStep ?? 0
      let guesser = draft.map { "\($0.path), \($0.type.rawValue)" } ?? "the text itself"
      lines.append(
        "guesses by \(guesser): \(Format.grouped(figures.accepted)) of "
          + "\(Format.grouped(figures.drafted)) right (\(Format.percent(rate, places: 1))), "
          + "\(Format.decimal(steps, places: 2)) tokens a step")
      lines.append(
        figures.speedUp.map {
          "speed-up: \(Format.decimal($0, places: 2)) over \(figures.plain.steps) plain steps of "
            + "this run"
        } ?? "speed-up: not measured, the text is too short")
    } else if draft != nil {
      lines.append("guesses: none, the text is too short")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func pace(_ pace: WritingFigures.Pace) -> String {
    let tokens = "\(Format.grouped(pace.tokens)) tokens"
    guard let rate = pace.tokensPerSecond else { return tokens }
    return "\(tokens) in \(Format.seconds(pace.seconds)), \(BenchmarkText.rate(rate)) tokens/s"
  }
}
