import Foundation
import Terminal
import Testing

@Suite struct RunScoresTests {
  private let fixture: Fixture

  init() throws {
    fixture = try Fixture()
    for (run, offset) in [("first", 0.0), ("second", 0.0625)] {
      var lines: [String] = []
      func append(_ line: some Encodable) throws {
        lines.append(String(decoding: try JSONEncoder().encode(line), as: UTF8.self) + "\n")
      }
      for record in Fixture.records(count: 40, batch: 1_000) {
        try append(record)
        guard record.step % 10 == 0 else { continue }
        let value = 0.25 + Double(record.step) / 80 + offset
        func score(_ task: String, _ metric: String, _ value: Double?, better: Bool = true) throws {
          try append(
            ScoreRecord(
              step: record.step, tokens: record.tokens, task: task, metric: metric,
              documentCount: 1_234, value: value, standardError: better ? 0.03125 : nil,
              chance: better ? 0.25 : nil, higherIsBetter: better, evaluationSeconds: 2))
        }
        try score("arc_easy", "acc", value)
        try score("arc_easy", "acc_norm", record.step == 40 ? nil : value)
        try score("held_out_text", "byte_perplexity", 4 - value, better: false)
        try score("held_out_text", "bits_per_byte", 2 - value, better: false)
        if run == "second" { try score("piqa", "acc", 0.5) }
      }
      try fixture.write(lines.joined(), run: run)
    }
  }

  private func lines(of text: String, beginning prefix: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
  }

  @Test func oneRun() throws {
    let text = try RunViews.detail(of: "first", in: fixture.folder, for: .init(width: 120))
    #expect(text.contains("\nacc and acc_norm of arc_easy\n"))
    #expect(text.contains("\nbits_per_byte of held_out_text\n"))
    #expect(!text.contains("byte_perplexity of"))
    let row = lines(of: text, beginning: "arc_easy").map { $0.split(separator: " ") }
    #expect(
      row == [
        ["arc_easy", "acc", "1,234", "0.2500", "0.3750", "0.7500", "40", "0.7500", "±", "0.0312"]
      ],
      "\(text)")
    // The last score is not finite; the best one is that of step 30.
    #expect(
      text.contains(" acc_norm             1,234  0.2500  0.3750  0.6250       30"), "\(text)")
    // Lower is better, and no error is told where there is none.
    #expect(text.contains("1,234       —  1.6250  1.2500       40           1.2500\n"), "\(text)")
    #expect(text.contains("evaluation     4 times, 0:16, 40.0% of training's time"), "\(text)")
  }

  @Test func twoRuns() throws {
    let text = try RunViews.comparison(
      of: "first", with: "second", in: fixture.folder, for: .init(width: 100))
    #expect(text.contains("\nacc of arc_easy\n"))
    let row = lines(of: text, beginning: "arc_easy")[0].split(separator: " ")
    #expect(
      row == ["arc_easy", "acc", "0.7500", "±", "0.0312", "0.8125", "±", "0.0312", "+0.0625"])
    #expect(!text.contains("piqa"))
    #expect(text.contains("The scores are each run's last, at 40K and 40K tokens."))
  }

  @Test func aRunWithoutScoresSaysNothingOfThem() throws {
    try fixture.write(Fixture.records(count: 3), run: "bare")
    let text = try RunViews.detail(of: "bare", in: fixture.folder, for: .init(width: 80))
    #expect(!text.contains("evaluation") && !text.contains("task"))
    let compared = try RunViews.comparison(
      of: "bare", with: "first", in: fixture.folder, for: .init(width: 80))
    #expect(!compared.contains("scores"))
  }

  @Test func keepsToTheWidth() throws {
    for width in stride(from: 40, through: 130, by: 9) {
      for usesUnicode in [true, false] {
        let terminal = TerminalCapabilities(width: width, usesUnicode: usesUnicode)
        let text =
          try RunViews.detail(of: "second", in: fixture.folder, for: terminal)
          + RunViews.comparison(of: "first", with: "second", in: fixture.folder, for: terminal)
        for line in text.split(separator: "\n") {
          #expect(DisplayWidth.of(String(line)) <= width, "\(line)")
          #expect(usesUnicode || line.utf8.allSatisfy { $0 < 128 }, "\(line)")
        }
      }
    }
  }
}
