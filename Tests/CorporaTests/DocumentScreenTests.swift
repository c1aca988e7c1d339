import Corpora
import Foundation
import Testing

/// Judges texts in order.
struct ScreenRun {
  let examiner: DocumentExaminer
  var screen: DocumentScreen

  init(_ screening: DocumentScreening, texts: [String] = []) throws {
    examiner = try DocumentExaminer(screening, evaluationTexts: texts)
    screen = try DocumentScreen(screening)
  }

  func evidence(_ text: String) -> DocumentEvidence {
    var text = text
    return text.withUTF8 { examiner.examine(text: $0) }
  }

  mutating func judge(_ text: String, from source: UInt16 = 0) -> ScreeningFilter? {
    screen.judge(evidence(text), from: source)
  }
}

struct DocumentScreenTests {
  static let everything = DocumentScreening(
    exactDuplicates: .init(window: 5),
    nearDuplicates: .init(bands: 20, rows: 3, threshold: 0.5, window: 4), contamination: .init())

  /// Documents of a few sentences, many of them alike.
  static func texts(_ count: Int, seed: UInt64 = 1) -> [String] {
    var generator = TestGenerator(state: seed)
    var texts: [String] = []
    for index in 0..<count {
      switch Int.random(in: 0..<6, using: &generator) {
      case 0 where index > 0:
        texts.append(texts[Int.random(in: max(0, index - 8)..<index, using: &generator)])
      case 1 where index > 0:
        var words = texts[Int.random(in: max(0, index - 8)..<index, using: &generator)]
          .split(separator: " ", omittingEmptySubsequences: false)
        words[Int.random(in: 0..<words.count, using: &generator)] = "changed\(index)"
        texts.append(words.joined(separator: " "))
      case 2: texts.append(String(repeating: "ha", count: 10 + index % 40))
      case 3: texts.append((0..<13).map { "exam\($0)" }.joined(separator: " ") + " \(index)")
      default:
        texts.append(
          (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
            "w\(Int.random(in: 0..<500, using: &generator))"
          }.joined(separator: " "))
      }
    }
    return texts
  }

  static let evaluation = [
    "Exam0 exam1, exam2 exam3 exam4 exam5 exam6 exam7 exam8 exam9 exam10 exam11 exam12."
  ]

  @Test func eachFilterCountsWhatItDrops() throws {
    var run = try ScreenRun(Self.everything, texts: Self.evaluation)
    let exam = Self.evaluation[0]
    let story = (0..<50).map { "word\($0)" }.joined(separator: " ")
    #expect(run.judge(story) == nil)
    #expect(run.judge(story) == .exactDuplicate)
    #expect(run.judge(story + " more") == .nearDuplicate)
    #expect(run.judge("It says: \(exam)") == .contamination)
    // The first filter in order counts, and what was dropped is not remembered.
    #expect(run.judge("\(exam) \(story)") == .contamination)
    #expect(run.judge("\(exam) \(story)") == .contamination)
    #expect(run.judge("") == nil && run.judge("") == .exactDuplicate)
    #expect(run.judge("!") == nil && run.judge("?") == nil)

    let counts = run.screen.counts
    #expect(counts.kept.documents == 4 && counts.kept.bytes == story.utf8.count + 2)
    #expect(counts[.exactDuplicate].documents == 2)
    #expect(counts[.nearDuplicate].bytes == story.utf8.count + 5)
    #expect(counts[.contamination].documents == 3)
    #expect(counts.dropped.documents == 6)
  }

  /// Stopped after any document, saved, restored and gone on with, it decides the same and ends in
  /// the same bytes.
  @Test func aRestoredScreenDecidesAsOneThatWentOn() throws {
    let texts = Self.texts(120)
    var run = try ScreenRun(Self.everything, texts: Self.evaluation)
    let evidence = texts.map { run.evidence($0) }
    var verdicts: [ScreeningFilter?] = []
    var states: [Data] = []
    for (index, one) in evidence.enumerated() {
      if index == 70 { run.screen.beginPass() }
      states.append(try encoded(run.screen.state))
      verdicts.append(run.screen.judge(one, from: UInt16(index % 2)))
    }
    let last = try encoded(run.screen.state)
    for filter in ScreeningFilter.allCases { #expect(verdicts.contains(filter), "\(filter)") }
    #expect(verdicts.contains(nil))

    for (start, data) in states.enumerated() {
      let state = try JSONDecoder().decode(DocumentScreen.State.self, from: data)
      var screen = try DocumentScreen(Self.everything, resumingAt: state)
      for index in start..<evidence.count {
        if index == 70, index > start { screen.beginPass() }
        #expect(
          screen.judge(evidence[index], from: UInt16(index % 2)) == verdicts[index],
          "from \(start) at \(index)")
      }
      #expect(try encoded(screen.state) == last, "from \(start)")
    }
  }

  /// How often it is saved, and whether each time a new one goes on, changes nothing.
  @Test func savingOftenChangesNothing() throws {
    let texts = Self.texts(150, seed: 3)
    var once = try ScreenRun(Self.everything, texts: Self.evaluation)
    var often = once
    for text in texts {
      let evidence = once.evidence(text)
      let verdict = once.screen.judge(evidence)
      let state = try JSONDecoder().decode(
        DocumentScreen.State.self, from: encoded(often.screen.state))
      often.screen = try DocumentScreen(Self.everything, resumingAt: state)
      #expect(often.screen.judge(evidence) == verdict)
    }
    #expect(often.screen.state == once.screen.state)
  }

  /// A source that starts again is not a duplicate of itself, but still one of the others.
  @Test func aSecondPassKeepsWhatTheFirstKept() throws {
    var run = try ScreenRun(.init(exactDuplicates: .init(), nearDuplicates: .init()))
    let mine = (0..<20).map { index in (0..<30).map { "a\($0 * index)" }.joined(separator: " ") }
    let other = (0..<30).map { "b\($0)" }.joined(separator: " ")
    #expect(run.judge(other, from: 1) == nil)
    let first = mine.map { run.judge($0, from: 0) }
    run.screen.beginPass(over: 0)
    #expect(mine.map { run.judge($0, from: 0) } == first)
    #expect(run.judge(other, from: 0) == .exactDuplicate)
    #expect(run.judge(other + " x", from: 0) == .nearDuplicate)
    #expect(run.judge(mine[3], from: 1) == .exactDuplicate)
  }

  @Test func statesOfOtherSettingsAreRefused() throws {
    var run = try ScreenRun(Self.everything)
    _ = run.judge("some text")
    var wider = Self.everything
    wider.exactDuplicates?.window = 6
    var finer = Self.everything
    finer.nearDuplicates?.rows = 4
    for other in [wider, finer] {
      #expect {
        try DocumentScreen(other, resumingAt: run.screen.state)
      } throws: {
        if case CorpusError.cursorOutsideCorpus(let detail) = $0 {
          detail.contains("duplicates")
        } else {
          false
        }
      }
    }
    var state = DocumentScreen.State()
    state.counts.kept.documents = -1
    #expect(throws: CorpusError.self) {
      try DocumentScreen(Self.everything, resumingAt: state)
    }
  }

  @Test func theDefaultWindowsTakeWhatTheySay() throws {
    let screening = DocumentScreening(exactDuplicates: .init(), nearDuplicates: .init())
    var run = try ScreenRun(screening)
    for index in 0..<1_000 {
      _ = run.judge((0..<8).map { "\(index * 8 + $0)" }.joined(separator: " "))
    }
    #expect(run.screen.counts.kept.documents == 1_000)
    // Base64 of 10 bytes a hash and 114 a signature, slashes escaped, and some two hundred around.
    let size = try encoded(run.screen.state).count
    #expect((165_000...171_000).contains(size), "\(size) bytes")
  }

  private func encoded(_ state: DocumentScreen.State) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(state)
  }
}
