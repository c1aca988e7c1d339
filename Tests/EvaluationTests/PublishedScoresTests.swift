import Foundation
import TestSupport
import Testing

@testable import Evaluation

@Suite struct PublishedScoresTests {
  /// The published averages are the means of the published columns, to the digit that they have.
  @Test(arguments: PublishedScores.openELM)
  func averagesAreMeans(model: PublishedScores) {
    let mean = model.accuracies.values.reduce(0, +) / 7
    #expect(model.accuracies.count == 7)
    #expect(abs(mean - model.average) < 0.000_051, "\(model.model): \(mean)")
  }

  @Test func fewShotFiguresAreNotTheZeroShotOnes() {
    let model = PublishedScores.openELM[0]
    #expect(model.accuracy(of: "arc_challenge", shots: 0) == 0.2645)
    #expect(model.accuracy(of: "arc_challenge", shots: 25) == nil)
    #expect(model.accuracy(of: "mmlu", shots: 0) == nil)
  }

  private static let fixture = "fixtures/openelm-published.json"

  @Test(.enabled(if: SharedData.has(fixture), "the published figures are not in ../shared"))
  func figuresAreThePublishedOnes() throws {
    struct Fixture: Decodable {
      enum CodingKeys: String, CodingKey { case zeroShot = "zero_shot" }
      var zeroShot: [String: [String: Double]]
    }
    let fixture = try JSONDecoder().decode(
      Fixture.self, from: Data(try bytes(at: SharedData.path(Self.fixture)))
    ).zeroShot
    #expect(fixture.count == PublishedScores.openELM.count)
    for model in PublishedScores.openELM {
      var expected = try #require(fixture[model.size])
      #expect(model.average == expected.removeValue(forKey: "average").map { $0 / 100 })
      #expect(model.accuracies == expected.mapValues { $0 / 100 })
    }
  }
}
