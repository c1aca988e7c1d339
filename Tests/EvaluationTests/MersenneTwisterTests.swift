import Evaluation
import Testing

/// Python 3.11's `random.Random`, word for word.
@Suite struct MersenneTwisterTests {
  @Test(
    "random()",
    arguments: [
      (0, [0.8444218515250481, 0.7579544029403025, 0.420571580830845]),
      (1_234, [0.9664535356921388, 0.4407325991753527, 0.007491470058587191]),
      (UInt32.max, [0.6353574441341173, 0.20319993954407756, 0.6073666030347188]),
    ] as [(UInt32, [Double])])
  func unitIntervals(seed: UInt32, expected: [Double]) {
    var generator = MersenneTwister(seed: seed)
    #expect(expected.map { _ in generator.unitInterval() } == expected)
  }

  @Test func theStateIsRefilled() {
    var generator = MersenneTwister(seed: 1_234)
    for _ in 0..<700 { _ = generator.unitInterval() }
    #expect(generator.unitInterval() == 0.25693756873105145)
  }

  @Test func integersBelowABound() {
    var generator = MersenneTwister(seed: 1_234)
    let bounds = [1, 2, 7, 1_000, 1 << 20, (1 << 31) + 5]
    #expect(
      bounds.map { generator.integer(below: $0) } == [0, 0, 0, 92, 73_245, 360_511_942])
  }

  /// Populations at both sides of the sizes from which Python remembers what it drew rather than what
  /// is left.
  @Test(
    "sample()",
    arguments: [
      (5, 6, [3, 0, 4, 5, 2, 5, 0]), (6, 22, [14, 3, 0, 2, 1, 18, 3, 11]),
      (5, 21, [14, 3, 0, 2, 1, 2, 3]), (5, 22, [14, 3, 0, 2, 18, 1, 21]),
      (
        16, 85, [56, 14, 0, 11, 74, 4, 10, 12, 45, 30, 2, 3, 80, 44, 61, 59, 19, 11]
      ),
      (
        16, 86, [56, 14, 0, 11, 74, 4, 85, 10, 12, 45, 30, 2, 3, 44, 82, 79, 61, 78]
      ),
      (
        25, 1_000,
        [
          989, 796, 451, 119, 7, 92, 932, 965, 961, 826, 596, 35, 687, 709, 85, 100, 784, 363, 242,
          17, 31, 807, 16, 354, 663, 638, 495,
        ]
      ),
      (6, 40_398, [28_883, 7_657, 490, 5_940, 38_156, 2_288, 5_500, 6_450]),
      (3, 3, [1, 0, 2, 0, 2]), (1, 1, [0, 0]), (0, 4, []),
    ])
  func samples(count: Int, population: Int, expected: [Int]) {
    var generator = MersenneTwister(seed: 1_234)
    let first = generator.sample(count, from: population)
    let second = generator.sample(count, from: population)
    #expect(first + second.prefix(2) == expected)
    #expect(Set(second).count == count)
  }
}
