import Foundation
import Generation
import Kernels
import Testing

@Suite struct SamplerTests {
  /// What Hugging Face's processors leave of random scores.
  private struct Case: Decodable {
    let temperature, topP, minP, penalty: Double
    let topK: Int
    let scores: [Float]
    let earlier, kept: [Int32]
    let probabilities: [Double]

    static func all() throws -> [Case] {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/kept_sets.json")
      return try decoder.decode([Case].self, from: Data(contentsOf: file))
    }
  }

  private static func choose(
    _ scores: [Float], _ options: SamplingOptions, limit: Int? = nil, position: Int = 0,
    after earlier: [Int32] = []
  ) throws -> Int32 {
    var scores = scores
    let sampler = try Sampler(options, limit: limit ?? scores.count)
    return try scores.withUnsafeMutableBufferPointer {
      try sampler.choose(from: $0, position: position, after: earlier)
    }
  }

  @Test func theFirstOfEqualsIsTheGreatest() throws {
    for count in [1, 15, 16, 17, 63, 64, 65, 1_000] {
      for place in [0, count / 2, count - 1] {
        var scores = [Float](repeating: -3, count: count)
        scores[place] = -1
        scores[count - 1] = -1
        #expect(try Self.choose(scores, SamplingOptions()) == Int32(place))
      }
    }
  }

  /// A part of a block at the end is filled up for the vectors: that must not be chosen.
  @Test func nothingBeyondTheScores() throws {
    let scores = [Float](repeating: -50, count: 33)
    for seed in 0..<200 as Range<UInt64> {
      for options in [
        SamplingOptions(temperature: 1, seed: seed),
        SamplingOptions(temperature: 1, topK: 32, topP: 0.99, seed: seed),
      ] {
        #expect((0..<33).contains(try Self.choose(scores, options)))
      }
    }
  }

  /// Rows that fill up a model's table are not chosen, however they score.
  @Test func tokensBeyondTheLimitAreNeverChosen() throws {
    let scores: [Float] = [0, 1, 2, 100, .nan]
    #expect(try Self.choose(scores, SamplingOptions(), limit: 3) == 2)
    for seed in 0..<100 as Range<UInt64> {
      #expect(try Self.choose(scores, SamplingOptions(temperature: 9, seed: seed), limit: 3) < 3)
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity], [0.0, 1.0])
  func whatIsNotFiniteIsAnError(score: Float, temperature: Double) throws {
    for place in [0, 31, 64, 99] {
      var scores = [Float](repeating: 1, count: 100)
      scores[place] = score
      let error = #expect(throws: GenerationError.self) {
        try Self.choose(scores, SamplingOptions(temperature: temperature), position: 7)
      }
      let text = "\(try #require(error))"
      #expect(text.contains("token \(place) at place 7"), "\(text)")
      #expect(text.contains("\(score)"), "\(text)")
    }
  }

  @Test func keptSetsAreThoseOfTransformers() throws {
    for (index, test) in try Case.all().enumerated() {
      let scores = Self.penalized(test.scores, test.earlier, test.penalty)
      let limits = ScoreSelection.Limits(
        temperature: test.temperature, topK: test.topK, topP: test.topP, minP: test.minP)
      let kept = scores.withUnsafeBufferPointer {
        ScoreSelection(capacity: $0.count).kept($0, limits)
      }
      #expect(kept == test.kept, "case \(index)")
      #expect(Self.reference(scores, limits).map(\.place) == test.kept.map(Int.init))
    }
  }

  /// Over many draws every token comes as often as its probability says, within five deviations.
  @Test func drawsHaveTheDistributionOfTransformers() throws {
    let count = 20_000
    for (index, test) in try Case.all().enumerated() {
      let sampler = try Sampler(
        SamplingOptions(
          temperature: test.temperature, topK: test.topK, topP: test.topP, minP: test.minP,
          repetitionPenalty: test.penalty, seed: UInt64(index)), limit: test.scores.count)
      var drawn: [Int32: Int] = [:]
      let distinct = Array(Set(test.earlier))
      for position in 0..<count {
        var scores = test.scores
        let token = try scores.withUnsafeMutableBufferPointer {
          try sampler.choose(from: $0, position: position, after: distinct)
        }
        drawn[token, default: 0] += 1
      }
      for (token, probability) in zip(test.kept, test.probabilities) {
        let expected = probability * Double(count)
        let deviation = max(1, (expected * (1 - probability)).squareRoot())
        let found = Double(drawn.removeValue(forKey: token) ?? 0)
        #expect(abs(found - expected) <= 5 * deviation, "case \(index), token \(token)")
      }
      #expect(drawn.isEmpty, "case \(index): \(drawn) are not to be drawn")
    }
  }

  /// At a real vocabulary's size, held against a plain sort in float64.
  @Test(arguments: [0.3, 1, 8] as [Float], [32_000, 50_257])
  func keptSetsAreThoseOfASort(spread: Float, vocabulary: Int) {
    let scores = (0..<vocabulary).map { index in
      spread * Float(RandomKernel.uniform(seed: 5, stream: 1, index: UInt64(index)) - 0.5) * 10
    }
    let selection = ScoreSelection(capacity: vocabulary)
    for limits in [
      ScoreSelection.Limits(topK: 40), .init(topK: 5_000), .init(topK: vocabulary - 1),
      .init(topP: 0.9), .init(temperature: 0.6, topP: 0.999), .init(minP: 0.05),
      .init(temperature: 1.3, topK: 500, topP: 0.7, minP: 0.01), .init(topP: 1e-9),
      .init(temperature: 1e-40, topP: 0.5), .init(temperature: 1e30, topK: 7),
    ] {
      let kept = scores.withUnsafeBufferPointer { selection.kept($0, limits) }
      let expected = Self.reference(scores, limits).map { Int32($0.place) }
      #expect(kept == expected, "\(limits): \(kept?.count ?? -1) of \(expected.count)")
    }
  }

  /// All that equal the k-th are kept by top-k; of equals the first by top-p.
  @Test func equals() {
    let scores: [Float] = [1, 2, 2, 0, 2, -0.0, 1]
    func kept(_ limits: ScoreSelection.Limits) -> [Int32]? {
      scores.withUnsafeBufferPointer { ScoreSelection(capacity: $0.count).kept($0, limits) }
    }
    #expect(kept(.init(topK: 1)) == [1, 2, 4])
    #expect(kept(.init(topK: 4)) == [0, 1, 2, 4, 6])
    #expect(kept(.init(topK: 6)) == [0, 1, 2, 3, 4, 5, 6])
    #expect(kept(.init(topP: 0.3)) == [1, 2])
    #expect(kept(.init(topP: 0)) == [1])
    #expect(kept(.init(minP: 0.9)) == [1, 2, 4])
    let flat = [Float](repeating: 3, count: 1_000)
    let half = flat.withUnsafeBufferPointer {
      ScoreSelection(capacity: 1_000).kept($0, .init(topP: 0.5))
    }
    #expect(half == Array(0..<500))
  }

  @Test func aDrawIsAFunctionOfSeedAndPlace() throws {
    let scores = (0..<500).map { Float($0 % 37) / 10 }
    let options = SamplingOptions(temperature: 1, topK: 300, topP: 0.95, seed: 3)
    let first = try (0..<50).map { try Self.choose(scores, options, position: $0) }
    let again = try (0..<50).reversed().map { try Self.choose(scores, options, position: $0) }
    #expect(first == again.reversed())
    var other = options
    other.seed = 4
    #expect(first != (try (0..<50).map { try Self.choose(scores, other, position: $0) }))
    #expect(Set(first).count > 10)
  }

  @Test(arguments: [
    (SamplingOptions(temperature: -1), "temperature"), (.init(temperature: .nan), "temperature"),
    (.init(topK: -1), "top-k"), (.init(topP: 0), "top-p"), (.init(topP: 1.1), "top-p"),
    (.init(minP: -0.1), "min-p"), (.init(minP: 2), "min-p"),
    (.init(repetitionPenalty: 0), "repetition penalty"),
  ])
  func optionsThatAreNoneAreRefused(options: SamplingOptions, word: String) throws {
    let error = #expect(throws: GenerationError.self) { try Sampler(options, limit: 4) }
    #expect("\(try #require(error))".contains(word))
  }

  // MARK: - The plain way

  private static func penalized(
    _ scores: [Float], _ earlier: [Int32], _ penalty: Double
  ) -> [Float] {
    var result = scores
    for token in Set(earlier) {
      let score = scores[Int(token)]
      result[Int(token)] = score < 0 ? score * Float(penalty) : score / Float(penalty)
    }
    return result
  }

  /// Sorting and adding in float64.
  private static func reference(
    _ scores: [Float], _ limits: ScoreSelection.Limits
  ) -> [(place: Int, weight: Double)] {
    let greatest = Double(scores.max() ?? 0)
    var ranked = scores.enumerated().map { place, score in
      (place: place, score: score, weight: exp((Double(score) - greatest) / limits.temperature))
    }
    ranked.sort { $0.score != $1.score ? $0.score > $1.score : $0.place < $1.place }
    if limits.topK > 0, limits.topK < ranked.count {
      let last = ranked[limits.topK - 1].score
      ranked = Array(ranked.prefix { $0.score >= last })
    }
    if limits.topP < 1 {
      // The least first, as transformers adds.
      let total = ranked.reversed().reduce(0) { $0 + $1.weight }
      var (sum, kept) = (0.0, 0)
      while kept == 0 || kept < ranked.count && sum < limits.topP * total {
        sum += ranked[kept].weight
        kept += 1
      }
      ranked = Array(ranked.prefix(kept))
    }
    if limits.minP > 0 { ranked = ranked.filter { $0.weight >= limits.minP } }
    return ranked.sorted { $0.place < $1.place }.map { ($0.place, $0.weight) }
  }
}
