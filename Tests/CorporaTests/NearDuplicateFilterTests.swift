import Corpora
import Foundation
import Testing

struct NearDuplicateFilterTests {
  /// Words as often as Zipf's law has them in English.
  static func words(_ count: Int, _ generator: inout TestGenerator) -> [String] {
    (0..<count).map { _ in
      "w\(Int(exp(Double.random(in: 0..<log(20_000), using: &generator))))"
    }
  }

  /// A text with a share of its words replaced.
  static func changed(
    _ words: [String], share: Double, _ generator: inout TestGenerator
  ) -> [String] {
    words.map { word in
      Double.random(in: 0..<1, using: &generator) < share
        ? "new\(UInt32.random(in: 0 ..< .max, using: &generator))" : word
    }
  }

  /// The share of runs of five words that two texts have in common.
  static func likeness(_ one: [String], _ other: [String]) -> Double {
    func runs(_ words: [String]) -> Set<ArraySlice<String>> {
      Set((0...words.count - 5).map { words[$0..<$0 + 5] })
    }
    let (one, other) = (runs(one), runs(other))
    return Double(one.intersection(other).count) / Double(one.union(other).count)
  }

  static func signature(_ text: String, _ hasher: MinHasher) -> [UInt8] {
    var text = text
    return text.withUTF8 { hasher.signature(of: $0) }
  }

  /// Over 2,000 pairs of 400 words: the estimate's error has mean 0 and the deviation that 112 draws
  /// have, and pairs are dropped as often as bands and threshold together say.
  @Test func estimatesAndDecidesAsTheMathematicsSay() throws {
    let filter = NearDuplicateFilter()
    let hasher = MinHasher(filter)
    var generator = TestGenerator(state: 5)
    var (errors, squares, pairs) = (0.0, 0.0, 0)
    var (alike, alikeDropped, unlike, unlikeDropped) = (0, 0, 0, 0)
    for index in 0..<2_000 {
      let base = Self.words(400, &generator)
      let other = Self.changed(base, share: Double(index % 40) / 400, &generator)
      let likeness = Self.likeness(base, other)
      let (a, b) = (base.joined(separator: " "), other.joined(separator: " "))
      let (one, two) = (Self.signature(a, hasher), Self.signature(b, hasher))
      #expect(one.count == 112)
      let error = filter.estimate(agreeing: zip(one, two).count { $0 == $1 }) - likeness
      pairs += 1
      errors += error
      squares += error * error / max(0.001, likeness * (1 - likeness) / 112)

      var run = try ScreenRun(.init(nearDuplicates: filter))
      _ = run.judge(a)
      let isDropped = run.judge(b) == .nearDuplicate
      if likeness >= 0.9 {
        alike += 1
        alikeDropped += isDropped ? 1 : 0
      } else if likeness < 0.7 {
        unlike += 1
        unlikeDropped += isDropped ? 1 : 0
      }
    }
    // The mean of 2,000 errors of deviation 0.04 at most is 0 within 0.001; four times that here.
    #expect(abs(errors / Double(pairs)) < 0.004)
    // The variance is that of 112 independent draws, within a tenth (and 4% more for 8 bits).
    #expect((0.85...1.15).contains(squares / Double(pairs)))
    // At 0.9 a band agrees with a chance of 99.95%, and the estimate is below 0.8 in 0.02%.
    #expect(alike > 200 && Double(alikeDropped) / Double(alike) > 0.99)
    // At 0.7 and below the estimate reaches 0.8 in 1% of cases.
    #expect(unlike > 700 && Double(unlikeDropped) / Double(unlike) < 0.01)
  }

  /// The same, slowly: all documents of the window compared with all their bands.
  ///
  /// With eight bands of two, a threshold of 0.4 and relatives of one text, many documents share a
  /// band and are not alike, and many are alike and share none.
  @Test(
    arguments: [1, 2, 3, 8, 50],
    [
      NearDuplicateFilter(bands: 10, rows: 3, threshold: 0.6),
      NearDuplicateFilter(bands: 8, rows: 2, threshold: 0.4),
    ])
  func decidesAsAListWould(window: Int, settings: NearDuplicateFilter) throws {
    var filter = settings
    filter.window = window
    let (count, rows) = (filter.hashCount, filter.rows)
    let hasher = MinHasher(filter)
    var generator = TestGenerator(state: UInt64(window))
    var run = try ScreenRun(.init(nearDuplicates: filter))
    var kept: [(signature: [UInt8], source: UInt16)] = []
    let family = Self.words(40, &generator)
    var recent: [[String]] = []
    for step in 0..<1_500 {
      let words =
        if rows == 2 {
          Self.changed(family, share: 0.07, &generator)
        } else if let base = recent.randomElement(using: &generator), step % 3 > 0 {
          Self.changed(base, share: Double(step % 10) / 40, &generator)
        } else {
          Self.words(20 + step % 30, &generator)
        }
      recent.append(words)
      if recent.count > window + 2 { recent.removeFirst() }
      let text = words.joined(separator: " ")
      let source = UInt16(step % 2)
      if step % 401 == 400 {
        run.screen.beginPass(over: source)
        kept.removeAll { $0.source == source }
      }
      let signature = Self.signature(text, hasher)
      let isDuplicate = kept.contains { other in
        let agrees = zip(signature, other.signature).map { $0 == $1 }
        return filter.estimate(agreeing: agrees.count { $0 }) >= filter.threshold
          && stride(from: 0, to: count, by: rows).contains {
            !agrees[$0..<$0 + rows].contains(false)
          }
      }
      if !isDuplicate { kept.append((signature, source)) }
      if kept.count > window { kept.removeFirst() }
      #expect((run.judge(text, from: source) == .nearDuplicate) == isDuplicate, "step \(step)")
    }
    #expect(run.screen.counts[.nearDuplicate].documents > 100)
  }

  @Test func caseAndPunctuationDoNotTellDocumentsApart() throws {
    for shingles in [NearDuplicateFilter.Shingles.words(5), .characters(13)] {
      var run = try ScreenRun(.init(nearDuplicates: .init(shingles: shingles)))
      #expect(run.judge("One two three, four five six seven; eight.") == nil)
      #expect(run.judge("one TWO three four\nfive six -- seven eight") == .nearDuplicate)
      #expect(run.judge("eight seven six five four three two one") == nil)
    }
  }

  /// Without spaces between words, runs of words see whole texts and runs of characters their parts.
  @Test func charactersSuitScriptsWithoutSpaces() throws {
    var generator = TestGenerator(state: 2)
    let one = String(
      String.UnicodeScalarView(
        (0..<800).map { _ in
          Unicode.Scalar(UInt32.random(in: 0x4E00..<0x5E00, using: &generator)) ?? "一"
        }))
    let other = one.replacingOccurrences(of: one.dropFirst(400).prefix(2), with: "二三")
    var words = try ScreenRun(.init(nearDuplicates: .init()))
    var characters = try ScreenRun(.init(nearDuplicates: .init(shingles: .characters(13))))
    _ = (words.judge(one), characters.judge(one))
    #expect(words.judge(other) == nil)
    #expect(characters.judge(other) == .nearDuplicate)
  }

  @Test func shortTextsAreOneShingle() throws {
    var run = try ScreenRun(.init(nearDuplicates: .init()))
    #expect(
      ["two words", "two", "words two", "Two."].map { run.judge($0) } == [
        nil, nil, nil, .nearDuplicate,
      ])
    // Nothing is like nothing.
    #expect(["", " ", "..."].map { run.judge($0) } == [nil, nil, nil])
  }

  /// Forms that share most of a band's shingles and are not alike: time does not grow with the
  /// window, and the answer stays the same after a restart.
  @Test func hostileDocuments() throws {
    let filter = NearDuplicateFilter(bands: 64, rows: 1, threshold: 1, window: 2_000)
    var run = try ScreenRun(.init(nearDuplicates: filter))
    for index in 0..<4_000 { #expect(run.judge("a b c d e \(index) \(index * 7)") == nil) }
    #expect(run.judge("a b c d e 3999 27993") == .nearDuplicate)

    for text in [
      String(repeating: "a", count: 10_000_000), String(repeating: "a ", count: 5_000_000),
      String(repeating: " ", count: 10_000_000), String(repeating: "語", count: 3_000_000),
    ] {
      for shingles in [NearDuplicateFilter.Shingles.words(5), .characters(13)] {
        var run = try ScreenRun(.init(nearDuplicates: .init(shingles: shingles)))
        #expect(run.judge(text) == nil)
        #expect((run.judge(text) == nil) == text.hasPrefix(" "))
      }
    }
  }

  @Test func settingsThatMakeNoSenseAreRefused() {
    for filter in [
      NearDuplicateFilter(shingles: .words(0)), .init(shingles: .characters(-1)), .init(bands: 0),
      .init(bands: .max), .init(rows: 65), .init(bands: 1_000, rows: 10), .init(window: 0),
      .init(bands: 450, rows: 20, window: 1 << 30), .init(threshold: 0), .init(threshold: .nan),
      .init(threshold: 1.5), .init(threshold: -.infinity),
    ] {
      #expect(throws: CorpusError.self, "\(filter)") {
        try DocumentExaminer(.init(nearDuplicates: filter))
      }
    }
  }
}
