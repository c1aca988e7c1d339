import Evaluation
import Foundation
import Synchronization
import TestSupport
import Testing

/// Which examples stand before a question, by the harness's rules for splits that are there or not.
@Suite struct ExampleSourceTests {
  private func way(_ number: Int) -> String {
    #"{"goal": "g\#(number)", "sol1": "a", "sol2": "b", "label": 0}"# + "\n"
  }

  private func contexts(
    _ task: any EvaluationTask, in folder: TemporaryFolder, shots: Int, all: Bool = false,
    documents: Range<Int>? = nil, report: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> [String] {
    try PreparedTask(
      task, data: TaskData(directory: folder.path, report: report), shots: shots,
      documents: documents, drawsFromAllExamples: all
    ).questions.map { $0.completions[0].context }
  }

  /// The goals shown before each question, from Python's `Random(1234)`.
  private func shown(_ contexts: [String]) -> [[String]] {
    contexts.map { context in
      context.split(separator: "\n\n").dropLast().map { example in
        String(example.dropFirst("Question: ".count).prefix { $0 != "\n" })
      }
    }
  }

  @Test func oneMoreIsDrawnWhereTheQuestionIsLeftOut() throws {
    let folder = try TemporaryFolder()
    try folder.write(way(98) + way(99), to: "baber/piqa/validation.jsonl")
    try folder.write((0..<30).map(way).joined(), to: "baber/piqa/train.jsonl")
    func drawn(_ count: Int) -> [[String]] {
      var generator = MersenneTwister(seed: 1_234)
      return (0..<2).map { _ in
        generator.sample(count, from: 30).prefix(5).map { "g\($0)" }
      }
    }
    #expect(shown(try contexts(.piqa, in: folder, shots: 5)) == drawn(6))
    #expect(shown(try contexts(.piqa, in: folder, shots: 5, all: true)) == drawn(5))
    // The one more moves the generator on, so that the second question's examples differ.
    #expect(drawn(6)[0] == drawn(5)[0] && drawn(6)[1] != drawn(5)[1])
  }

  @Test func theGeneratorStartsAtTheFirstDocumentEvaluated() throws {
    let folder = try TemporaryFolder()
    try folder.write((100..<104).map(way).joined(), to: "baber/piqa/validation.jsonl")
    try folder.write((0..<30).map(way).joined(), to: "baber/piqa/train.jsonl")
    let all = shown(try contexts(.piqa, in: folder, shots: 2))
    #expect(shown(try contexts(.piqa, in: folder, shots: 2, documents: 2..<4)) == [all[0], all[1]])
    #expect(all[0] != all[1])
  }

  /// Without a training split the harness draws from the validation split, never the question itself.
  @Test func validationStandsInForTraining() throws {
    let folder = try TemporaryFolder()
    try folder.write((0..<7).map(way).joined(), to: "baber/piqa/validation.jsonl")
    let told = Mutex<[String]>([])
    for all in [false, true] {
      let shown = shown(
        try contexts(.piqa, in: folder, shots: 6, all: all) { told.withLockAppend($0) })
      for (index, goals) in shown.enumerated() {
        #expect(Set(goals) == Set((0..<7).filter { $0 != index }.map { "g\($0)" }))
      }
    }
    #expect(told.withLock { $0 }.allSatisfy { $0.contains("piqa: no training split") })
    #expect(told.withLock { $0.count } == 2)
    #expect(
      evaluationError { _ = try contexts(.piqa, in: folder, shots: 7) }
        == .tooFewExamples(task: "piqa", needed: 8, found: 7))
  }

  @Test func withoutEitherSplitThePlacesLookedAtAreNamed() throws {
    let folder = try TemporaryFolder()
    let question =
      #"{"question": "q", "choices": {"text": ["a"], "label": ["A"]}, "answerKey": "A"}"#
    try folder.write(question, to: "allenai/ai2_arc/ARC-Easy/test.jsonl")
    guard
      case .missingData("arc_easy", let places) = evaluationError({
        _ = try contexts(.arcEasy, in: folder, shots: 1)
      })
    else {
      Issue.record("expected missing data")
      return
    }
    #expect(places.contains { $0.contains("train") })
  }

  /// Copies of the question drawn with it leave too few: then the pool without them is drawn from.
  @Test func copiesOfTheQuestionAreAllLeftOut() throws {
    let folder = try TemporaryFolder()
    try folder.write(way(0), to: "baber/piqa/validation.jsonl")
    try folder.write(
      [0, 0, 0, 0, 1, 0, 2, 0].map(way).joined(), to: "baber/piqa/train.jsonl")
    #expect(Set(shown(try contexts(.piqa, in: folder, shots: 2))[0]) == ["g1", "g2"])
    #expect(
      evaluationError { _ = try contexts(.piqa, in: folder, shots: 3) }
        == .tooFewExamples(task: "piqa", needed: 3, found: 2))
  }

  /// Documents are the same where their scalars are: `é` has two spellings, of which one is another.
  @Test func canonicallyEqualDocumentsAreNotTheSame() throws {
    #expect(DocumentValue.string("\u{E9}") != .string("e\u{301}"))
    #expect(DocumentValue.array(["\u{E9}"]) == .array(["\u{E9}"]))
    let folder = try TemporaryFolder()
    try folder.write(way(0).replacing("g0", with: "\u{E9}"), to: "baber/piqa/validation.jsonl")
    try folder.write(
      [("g0", "\u{E9}"), ("g0", "e\u{301}")].map { way(0).replacing($0.0, with: $0.1) }.joined(),
      to: "baber/piqa/train.jsonl")
    let shown = shown(try contexts(.piqa, in: folder, shots: 1))[0][0]
    #expect(Array(shown.unicodeScalars) == ["e", "\u{301}"])
  }
}

extension Mutex where Value == [String] {
  fileprivate func withLockAppend(_ text: String) { withLock { $0.append(text) } }
}
