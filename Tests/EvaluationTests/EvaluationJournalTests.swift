import Evaluation
import Foundation
import TestSupport
import Testing

@Suite struct EvaluationJournalTests {
  private struct Interruption: Error {}

  private let task = StoryQuestions(name: "stories", file: "stories.jsonl")
  private let header = EvaluationJournal.Header(["tasks": "stories", "weights": "abc"])

  private func documents() -> [TaskDocument] {
    (0..<12).map { index in
      document([
        "context": .string("Once \(index)"), "choices": [" a", " bb", " ccc"],
        "answer": .integer(index % 3),
      ])
    }
  }

  /// Scores that tell every request apart, with digits that only exact numbers keep.
  private func score(_ request: TokenizedRequest) -> RequestScore {
    let sum = (request.context + request.continuation).reduce(0.1) { $0 * 1.01 + Double($1) }
    return RequestScore(logLikelihood: -sum / 7, isGreedy: request.count % 2 == 0)
  }

  private func evaluate(
    journal: EvaluationJournal?, failingAfter batches: Int = .max
  ) throws -> (result: EvaluationResult, batchCount: Int) {
    var count = 0
    var scorer = FunctionScorer { [score] request in
      count += 1
      if count > batches { throw Interruption() }
      return score(request)
    }
    let result = try Evaluator(tokenizer: ByteTokenizer(), tokensPerBatch: 1).evaluate(
      PreparedTask(task, documents: documents()), with: &scorer, journal: journal)
    return (result, scorer.batches.count)
  }

  @Test func aResumedEvaluationHasTheSameBitsAndScoresNothingTwice() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/made/results.json.journal"
    let whole = try evaluate(journal: nil)
    for stop in [0, 1, 17, whole.batchCount - 1] {
      #expect(throws: Interruption.self) {
        _ = try evaluate(
          journal: EvaluationJournal(path: path, header: header, resuming: false),
          failingAfter: stop)
      }
      // As a process that died while it wrote leaves it.
      let torn = try #require(FileHandle(forUpdatingAtPath: path))
      try torn.seekToEnd()
      try torn.write(contentsOf: Data("{\"batch\":\"12-ab\",\"sco".utf8))
      try torn.close()
      let journal = try EvaluationJournal(path: path, header: header, resuming: true)
      #expect(journal.recordedBatchCount == stop)
      let resumed = try evaluate(journal: journal)
      #expect(resumed.result == whole.result)
      #expect(resumed.batchCount == whole.batchCount - stop)
      try journal.remove()
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func withoutResumingTheOldScoresAreForgotten() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/journal"
    _ = try evaluate(journal: EvaluationJournal(path: path, header: header, resuming: false))
    let journal = try EvaluationJournal(path: path, header: header, resuming: false)
    #expect(journal.recordedBatchCount == 0)
  }

  @Test func whatCannotBeContinuedIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/journal"
    func open(_ header: EvaluationJournal.Header) -> EvaluationError? {
      evaluationError {
        _ = try EvaluationJournal(path: path, header: header, resuming: true)
      }
    }
    _ = try evaluate(journal: EvaluationJournal(path: path, header: header, resuming: false))
    #expect(
      open(.init(["tasks": "piqa", "weights": "abc"]))
        == .journalOfAnotherEvaluation(
          path: path, key: "tasks", expected: "piqa", found: "stories"))
    #expect(
      open(.init(["tasks": "stories", "weights": "abc", "type": "bf16"]))
        == .journalOfAnotherEvaluation(
          path: path, key: "type", expected: "bf16", found: "nothing"))
    let good = try #require(FileManager.default.contents(atPath: path))
    var lines = good.split(separator: UInt8(ascii: "\n"))
    lines[2] = Data("nonsense".utf8)
    try Data(lines.joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")]).write(
      to: URL(fileURLWithPath: path))
    #expect(open(header) == .corruptJournal(path: path, line: 3, found: "nonsense"))
    // A digit that changed is found, though the line is still JSON.
    let changed = String(decoding: good, as: UTF8.self)
      .replacingOccurrences(of: "\"isGreedy\":true", with: "\"isGreedy\":false")
    #expect(Data(changed.utf8) != good)
    try Data(changed.utf8).write(to: URL(fileURLWithPath: path))
    guard case .corruptJournal(path, _, _) = open(header) else {
      Issue.record("a changed score is taken for what was written")
      return
    }
    for bytes in ["no header at all", "no header at all\n", "\n\n", "{}\n"] {
      try Data(bytes.utf8).write(to: URL(fileURLWithPath: path))
      guard case .corruptJournal(path, 1, _) = open(header) else {
        Issue.record("\(bytes.debugDescription) is taken for a journal")
        continue
      }
    }
  }
}
