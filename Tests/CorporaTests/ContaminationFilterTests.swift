import Corpora
import Testing

struct ContaminationFilterTests {
  func overlap(
    _ document: String, with texts: [String], _ filter: ContaminationFilter = .init()
  ) -> ContaminationFilter.Overlap {
    var document = document
    let words = document.withUTF8 { wordHashes(of: $0) }
    return EvaluationRuns(filter, texts: texts).overlap(of: words)
  }

  func numbers(_ range: some Sequence<Int>) -> String {
    range.map { "n\($0)" }.joined(separator: " ")
  }

  @Test func thirteenWordsInCommonAreAnOverlap() throws {
    let text = numbers(0..<20)
    #expect(overlap("x " + numbers(3..<16) + " y", with: [text]).count == 1)
    #expect(overlap("x " + numbers(3..<15) + " y", with: [text]).count == 0)
    #expect(overlap(numbers(0..<20), with: [text]) == .init(count: 8, runs: 8))
    #expect(overlap(numbers(0..<13), with: [text]) == .init(count: 1, runs: 1))
    #expect(overlap(numbers(0..<12), with: [text]) == .init(count: 0, runs: 1))
    #expect(overlap("", with: [text]) == .init(count: 0, runs: 0))
    // The same words in another order, or with one left out, are none.
    #expect(overlap(numbers((0..<20).reversed()), with: [text]).count == 0)
    #expect(overlap(numbers(0..<10) + " " + numbers(11..<20), with: [text]).count == 0)
    #expect(overlap(numbers(0..<13), with: []).count == 0)
  }

  @Test func caseAndPunctuationAndLineBreaksDoNotHide() {
    let text = "Which of these, is it: the one that (really) does what you'd want of it?"
    let disguised =
      "Q: which OF these is \"it\" the one\nthat really does — no.\n"
      + "which of these is it the one that really DOES what youd\twant of it!"
    #expect(overlap(disguised, with: [text]).count == 3)
  }

  /// A set of strings, which is what the harness keeps.
  @Test(arguments: [1, 2, 5, 13])
  func agreesWithASetOfStrings(length: Int) {
    var generator = TestGenerator(state: UInt64(length))
    func text(_ count: Int) -> [String] {
      (0..<count).map { _ in String(Int.random(in: 0..<4, using: &generator)) }
    }
    func runs(_ words: [String], _ length: Int) -> [String] {
      words.count < length
        ? []
        : (0...words.count - length).map { words[$0..<$0 + length].joined(separator: " ") }
    }
    for _ in 0..<200 {
      let texts = (0..<5).map { _ in text(Int.random(in: 0..<20, using: &generator)) }
      let planted = text(9) + texts[0] + text(9) + texts[1].dropFirst(2)
      let set = Set(texts.flatMap { runs($0, length) })
      let found = overlap(
        planted.joined(separator: " "), with: texts.map { $0.joined(separator: " ") },
        ContaminationFilter(runLength: length))
      #expect(found.count == runs(planted, length).count { set.contains($0) })
    }
  }

  @Test func shortTextsAreLeftOutOrMatchedWhole() {
    let texts = ["Is it true?", numbers(0..<8), numbers(100..<110), numbers(0..<30)]
    let strict = EvaluationRuns(ContaminationFilter(), texts: texts)
    #expect(strict.textsLeftOut == 3 && strict.count == 18)
    let whole = EvaluationRuns(ContaminationFilter(shortestText: 8), texts: texts)
    #expect(whole.textsLeftOut == 1 && whole.count == 20)
    let filter = ContaminationFilter(shortestText: 8)
    #expect(overlap("is it true " + numbers(100..<109), with: texts, filter).count == 0)
    #expect(overlap("so " + numbers(100..<110) + " it is", with: texts, filter).count == 1)
    #expect(overlap(numbers(100..<110), with: texts, filter) == .init(count: 1, runs: 1))
  }

  @Test func countAndShareDecide() throws {
    let text = [numbers(0..<20)]
    let document = numbers(0..<15) + " " + numbers(500..<600)
    func drops(_ filter: ContaminationFilter) throws -> Bool {
      var run = try ScreenRun(.init(contamination: filter), texts: text)
      return run.judge(document) == .contamination
    }
    // Three of its 103 runs.
    #expect(overlap(document, with: text) == .init(count: 3, runs: 103))
    #expect(try drops(.init()) && drops(.init(minimumOverlaps: 3)))
    #expect(try !drops(.init(minimumOverlaps: 4)))
    #expect(try drops(.init(minimumShare: 3.0 / 103)) && !drops(.init(minimumShare: 3.1 / 103)))
  }

  /// The description, which goes into cursors, tells sets of texts apart, and not their order.
  @Test func setsHaveADigest() throws {
    let texts = [numbers(0..<20), numbers(50..<70)]
    func description(_ texts: [String]) throws -> String {
      try DocumentExaminer(.init(contamination: .init()), evaluationTexts: texts).description
    }
    #expect(try description(texts) == description(texts.reversed()))
    #expect(try description(texts) == description(texts + texts))
    #expect(try description(texts) != description([texts[0]]))
    #expect(try description(texts).contains("(16 runs, digest "))
  }

  @Test func hostileDocuments() {
    let texts = [numbers(0..<20), String(repeating: "a ", count: 50)]
    #expect(overlap(String(repeating: "a", count: 10_000_000), with: texts).count == 0)
    #expect(overlap(String(repeating: " ", count: 10_000_000), with: texts).runs == 0)
    let count = 5_000_000
    #expect(
      overlap(String(repeating: "a ", count: count), with: texts)
        == .init(count: count - 12, runs: count - 12))
  }

  @Test func settingsThatMakeNoSenseAreRefused() {
    for filter in [
      ContaminationFilter(runLength: 0), .init(runLength: .max), .init(shortestText: 14),
      .init(shortestText: 0), .init(minimumOverlaps: 0), .init(minimumShare: -0.1),
      .init(minimumShare: 1.1), .init(minimumShare: .nan),
    ] {
      #expect(throws: CorpusError.self, "\(filter)") {
        try DocumentExaminer(.init(contamination: filter), evaluationTexts: ["a"])
      }
    }
  }
}
