import Corpora
import Testing

struct ExactDuplicateFilterTests {
  /// The same, slowly: a list of what was kept.
  struct Model {
    let window: Int
    var kept: [(text: String, source: UInt16)] = []

    mutating func admits(_ text: String, from source: UInt16) -> Bool {
      guard !kept.contains(where: { $0.text == text }) else { return false }
      kept.append((text, source))
      if kept.count > window { kept.removeFirst() }
      return true
    }
  }

  @Test(arguments: [1, 2, 3, 7, 16, 17, 100, 1_000])
  func decidesAsAListWould(window: Int) throws {
    var run = try ScreenRun(.init(exactDuplicates: .init(window: window)))
    var model = Model(window: window)
    var generator = TestGenerator(state: UInt64(window))
    for step in 0..<6_000 {
      let text = "document \(Int.random(in: 0..<2 * window + 3, using: &generator))"
      let source = UInt16.random(in: 0..<3, using: &generator)
      if step % 977 == 976 {
        run.screen.beginPass(over: source)
        model.kept.removeAll { $0.source == source }
      }
      let isKept = model.admits(text, from: source)
      #expect((run.judge(text, from: source) == nil) == isKept, "step \(step)")
    }
  }

  @Test func everyByteCounts() throws {
    var run = try ScreenRun(.init(exactDuplicates: .init()))
    let texts = ["a", "A", "a ", "a\n", "a\0", "é", "e\u{301}", "", "aa"]
    #expect(texts.map { run.judge($0) } == texts.map { _ in nil })
    #expect(texts.map { run.judge($0) } == texts.map { _ in .exactDuplicate })
  }

  @Test func hostileDocuments() throws {
    var run = try ScreenRun(.init(exactDuplicates: .init()))
    let long = String(repeating: "a", count: 10_000_000)
    #expect(run.judge(long) == nil)
    #expect(run.judge(long) == .exactDuplicate)
    #expect(run.judge(String(long.dropLast())) == nil)
  }

  @Test(arguments: [0, -1, 1 << 31, .max])
  func windowsThatMakeNoSenseAreRefused(window: Int) {
    #expect {
      try DocumentScreen(.init(exactDuplicates: .init(window: window)))
    } throws: {
      $0 as? CorpusError
        == .invalidSetting(
          name: "exactDuplicates.window", value: window, expected: "1 to 1073741824")
    }
  }
}
