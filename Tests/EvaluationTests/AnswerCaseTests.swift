import Evaluation
import Foundation
import Testing

/// Answers scored as the originals score them: lm-evaluation-harness 0.4.13 with NLTK 3.10, CPython
/// 3.11's `re`, `json` and `ast`.
@Suite struct AnswerCaseTests {
  private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/answers.jsonl").path

  /// A file of more cases, made with `Tests/Interop/make_answer_cases.py`.
  private static let more = ProcessInfo.processInfo.environment["SAMARA_ANSWER_CASES"]

  @Test func fixtureIsScoredAsTheOriginals() throws {
    let cases = try AnswerCase.read(Self.fixture)
    #expect(Set(cases.map(\.kind)).count == 10)
    try compare(cases)
  }

  @Test(.enabled(if: more != nil, "SAMARA_ANSWER_CASES names no file"))
  func moreCasesAreScoredAsTheOriginals() throws {
    try compare(try AnswerCase.read(Self.more ?? ""))
  }

  private func compare(_ cases: [AnswerCase]) throws {
    var counts: [String: (all: Int, different: Int)] = [:]
    for sample in cases {
      let found = try sample.found()
      let isSame = found.isIdentical(to: sample.expected)
      counts[sample.kind, default: (0, 0)].all += 1
      if !isSame { counts[sample.kind, default: (0, 0)].different += 1 }
      #expect(
        isSame, "\(sample.kind): \(sample.given): expected \(sample.expected), found \(found)")
    }
    for (kind, count) in counts.sorted(by: { $0.key < $1.key }) {
      print("\(kind): \(count.all) cases, \(count.different) different")
    }
  }
}
