import Corpora
import TestSupport
import Testing

struct RepetitionFilterTests {
  /// Distinct tokens, then `length` tokens of a period, then distinct ones again.
  func tokens(prefix: Int, period: Int, length: Int, suffix: Int) -> [Int32] {
    (0..<prefix).map { Int32(1_000 + $0) } + (0..<length).map { Int32($0 % period) }
      + (0..<suffix).map { Int32(2_000 + $0) }
  }

  /// OLMo-core's algorithm, run in Python on these, agrees with the rule in each of the 420 cases.
  @Test(arguments: [1, 2, 3, 7, 12, 13, 14], [0, 1, 7, 13])
  func thirtyOneTimesPassAndThirtyTwoDrop(period: Int, prefix: Int) {
    for length in [31 * period, 32 * period - 1, 32 * period, 33 * period - 1, 33 * period] {
      for suffix in [0, 1, 5] {
        let tokens = tokens(prefix: prefix, period: period, length: length, suffix: suffix)
        let finding = RepetitionFilter.olmo.firstFinding(in: tokens)
        if length >= 32 * period, period <= 13 {
          #expect(finding?.period == period && finding?.range == prefix..<prefix + length)
          #expect(finding?.repetitions == length / period)
        } else {
          #expect(finding == nil)
        }
        #expect(RepetitionFilter.olmo.isRepetitive(tokens) == (finding != nil))
      }
    }
  }

  /// Stretches of two or three letters between noise, whose runs touch, nest and break off.
  func hardCase(_ seed: Int) -> [Int32] {
    var generator = TestGenerator(state: UInt64(seed))
    func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(bound)) }
    var tokens: [Int32] = []
    for _ in 0..<6 {
      for _ in 0..<below(60) { tokens.append(Int32(100 + below(50))) }
      let period = 1 + below(15)
      let pattern = (0..<period).map { _ in Int32(below(3)) }
      let count = below(36) * period + below(period)
      tokens += (0..<count).map { pattern[$0 % period] }
    }
    return tokens
  }

  /// Length, then start, end and period of what OLMo-core's algorithm finds first with (1…13, 32)
  /// and with (2…5, 3), run in Python on the same tokens.
  static let found: [(count: Int, olmo: [Int]?, short: [Int]?)] = [
    (521, nil, [514, 521, 2]),
    (711, nil, [9, 28, 2]),
    (1086, [858, 1086, 7], [668, 721, 2]),
    (1162, [152, 224, 1], [152, 224, 2]),
    (1147, [372, 478, 3], [372, 478, 3]),
    (1433, nil, [798, 807, 3]),
    (421, [361, 421, 1], [291, 321, 2]),
    (1377, [311, 344, 1], [311, 344, 2]),
    (524, nil, [324, 369, 2]),
    (1529, nil, [1351, 1436, 3]),
    (975, [574, 769, 6], [303, 310, 2]),
    (1018, [746, 1018, 8], [272, 394, 5]),
    (807, [537, 625, 2], [537, 625, 2]),
    (1477, [9, 360, 10], [372, 415, 2]),
    (1279, nil, [560, 578, 2]),
    (1036, [11, 145, 4], [984, 1036, 2]),
    (1884, [373, 760, 11], [1815, 1884, 4]),
    (1136, [902, 1136, 7], [146, 174, 2]),
    (783, [303, 366, 1], [303, 366, 2]),
    (816, nil, [197, 219, 2]),
    (1492, [1048, 1492, 13], nil),
    (704, [31, 163, 4], [31, 163, 4]),
    (849, [115, 254, 4], [18, 44, 2]),
    (1193, [702, 744, 1], [702, 744, 2]),
    (425, [359, 393, 1], [359, 393, 2]),
    (728, [292, 353, 1], [56, 80, 2]),
    (409, nil, [173, 203, 2]),
    (735, [371, 426, 1], [371, 426, 2]),
    (1107, nil, [747, 854, 5]),
    (1562, nil, [1256, 1263, 2]),
    (873, nil, [155, 161, 2]),
    (1537, [53, 119, 1], [53, 119, 2]),
    (712, [320, 390, 2], [320, 390, 2]),
    (1100, nil, nil),
    (793, [30, 197, 5], [561, 611, 4]),
    (945, [123, 470, 10], [41, 70, 2]),
    (2376, nil, [1903, 1909, 2]),
    (1150, nil, [1007, 1016, 2]),
    (1606, [85, 459, 11], [491, 498, 2]),
    (936, [111, 555, 13], [911, 936, 2]),
    (1373, [225, 462, 7], nil),
    (1717, [1394, 1626, 7], [1657, 1717, 3]),
    (1526, [1075, 1526, 13], [872, 993, 4]),
    (503, nil, [2, 9, 2]),
    (1315, [305, 620, 9], [847, 915, 3]),
    (694, nil, nil),
    (1373, nil, [876, 882, 2]),
    (1164, [98, 545, 13], [3, 69, 4]),
  ]

  @Test func findsWhatTheReferenceFinds() {
    for (seed, expected) in Self.found.enumerated() {
      let tokens = hardCase(seed)
      #expect(tokens.count == expected.count)
      let filters = [
        (RepetitionFilter.olmo, expected.olmo),
        (RepetitionFilter(minimumPeriod: 2, maximumPeriod: 5, repetitions: 3), expected.short),
      ]
      for (filter, wanted) in filters {
        let finding = filter.firstFinding(in: tokens)
        #expect(
          finding.map { [$0.range.lowerBound, $0.range.upperBound, $0.period] } == wanted,
          "seed \(seed), \(filter)")
      }
    }
  }

  @Test func hostileSequences() {
    let filter = RepetitionFilter.olmo
    #expect(!filter.isRepetitive([]))
    #expect(!filter.isRepetitive([5]))
    #expect(!filter.isRepetitive([Int32](repeating: 7, count: 31)))
    #expect(
      filter.firstFinding(in: [Int32](repeating: 7, count: 10_000_000))?.range == 0..<10_000_000)
    // Almost runs of every period at every place.
    let almost = (0..<1_000_000).map { Int32($0 % 31 == 0 ? $0 : 0) }
    #expect(!filter.isRepetitive(almost))
    #expect(
      RepetitionFilter(maximumPeriod: .max, repetitions: .max).firstFinding(in: [1, 1]) == nil)
  }

  @Test func settingsThatMakeNoSenseAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("text", to: "a.txt")
    for (filter, name) in [
      (RepetitionFilter(minimumPeriod: 0), "minimumPeriod"),
      (RepetitionFilter(minimumPeriod: 4, maximumPeriod: 3), "maximumPeriod"),
      (RepetitionFilter(repetitions: 2), "repetitions"),
    ] {
      #expect {
        try BatchStream(
          files: [path], tokenizer: ByteTokenizer(),
          filter: DocumentFilter(
            minimumCharacters: 0, minimumTokens: 0, maximumWordsPerPiece: nil, repetition: filter),
          packing: .concatenated, batchSize: 1, sequenceLength: 1)
      } throws: {
        if case CorpusError.invalidSetting(name, _, _) = $0 { true } else { false }
      }
    }
  }
}
