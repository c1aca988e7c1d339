import Foundation
import Testing

/// `--decontaminate` with benchmarks as the hub publishes them, in Parquet.
@Suite struct DecontaminationTests {
  private static let hub = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "EvaluationTests/Fixtures/hub").path

  @Test func documentsWithPublishedQuestionsAreDropped() throws {
    let program = try Program()
    let stories = (0..<40).map { "{\"text\": \"The elm number \($0) stands by the river.\"}" }
    // An answer of the fixture's PIQA, thirteen words, inside another text.
    let leak =
      "{\"text\": \"He said: bury the seed shallowly in moist ground and wait for a few days. Well.\"}"
    try Data((stories + [leak]).joined(separator: "\n").utf8)
      .write(to: URL(filePath: program.folder("corpus.jsonl")))
    let trained = try program.run(
      "tokenizer", "train", "--corpus", "corpus.jsonl", "--vocabulary-size", "300", "--output",
      "t.model")
    try #require(trained.status == 0, "\(trained.errors)")
    func count(_ arguments: String...) throws -> Program.Outcome {
      let process = try program.launch(
        ["data", "count", "--corpus", "corpus.jsonl", "--tokenizer", "t.model"] + arguments)
      return program.outcome(of: process)
    }
    func dropped(_ outcome: Program.Outcome) -> Int {
      outcome.output.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        return words.dropLast() == ["documents", "with", "text", "of", "evaluations"]
          ? words.last.flatMap { Int($0) } : nil
      }.reduce(0, +)
    }
    let all = try count()
    try #require(all.status == 0, "\(all.errors)")
    #expect(dropped(all) == 0)
    let screened = try count("--decontaminate", "piqa,arc_easy", "--evaluation-data", Self.hub)
    try #require(screened.status == 0, "\(screened.errors)")
    #expect(dropped(screened) == 1, "\(screened.output)")
    let missing = try count("--decontaminate", "hellaswag", "--evaluation-data", Self.hub)
    #expect(missing.status != 0)
    #expect(missing.errors.contains("Rowan/hellaswag/validation*.{jsonl,parquet}"))
  }
}
