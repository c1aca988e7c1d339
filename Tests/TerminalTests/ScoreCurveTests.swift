import Foundation
import Terminal
import Testing

@Suite struct ScoreCurveTests {
  private func score(
    _ step: Int, _ value: Double?, task: String = "stories", metric: String = "acc", shots: Int = 0,
    higherIsBetter: Bool = true, seconds: Double? = 2
  ) -> ScoreRecord {
    ScoreRecord(
      step: step, tokens: step * 100, task: task, metric: metric, shots: shots, documentCount: 10,
      value: value, higherIsBetter: higherIsBetter, evaluationSeconds: seconds)
  }

  private func history(_ lines: [any Encodable]) throws -> RunHistory {
    let fixture = try Fixture()
    let text = try lines.map {
      String(decoding: try JSONEncoder().encode($0), as: UTF8.self) + "\n"
    }
    try fixture.write(text.joined(), run: "run")
    return try RunHistory(name: "run", metricsPath: fixture.folder.metricsPath(ofRun: "run"))
  }

  @Test func curvesByTaskMetricAndExamples() throws {
    let steps = Fixture.records(count: 3)
    let history = try history([
      steps[0], score(1, 0.25), score(1, 0.3, metric: "acc_norm"),
      score(1, 0.4, shots: 5, seconds: 4), steps[1], score(2, nil), steps[2], score(3, 0.75),
      score(3, 0.7, task: "group", seconds: nil),
    ])
    let curves = history.scoreCurves
    #expect(curves.map(\.task) == ["stories", "stories", "stories", "group"])
    #expect(curves.map(\.metric) == ["acc", "acc_norm", "acc", "acc"])
    #expect(curves.map(\.shots) == [0, 0, 5, 0])
    #expect(curves[0].records.map(\.value) == [0.25, nil, 0.75])
    #expect(curves[0].last.tokens == 300)
    #expect(history.evaluationCount == 3)
    // A task's time is told by each of its metrics; a mean of tasks has none of its own.
    #expect(history.evaluationSeconds == 2 + 4 + 2 + 2)
    #expect(history.totalSeconds == steps.reduce(0) { $0 + $1.seconds })
  }

  @Test func theBestIsTheEarliestOfEqualOnes() throws {
    let up = try history([score(1, 0.5), score(2, 0.75), score(3, 0.75), score(4, nil)])
    #expect(up.scoreCurves[0].best?.step == 2)
    let down = try history(
      (1...4).map { score($0, [3, 1, nil, 2][$0 - 1], higherIsBetter: false) })
    #expect(down.scoreCurves[0].best?.step == 2)
    #expect(try history([score(1, nil)]).scoreCurves[0].best == nil)
  }

  /// Steps that are taken again take their scores with them; scores that are made again replace.
  @Test func forgetsWhatWasTakenBack() throws {
    let steps = Fixture.records(count: 4)
    let history = try history([
      steps[0], steps[1], score(2, 0.1), score(2, 0.2, metric: "acc_norm"),
      steps[2], steps[3], score(4, 0.4),
      steps[2], steps[3], score(4, 0.5), score(4, 0.6), score(4, 0.7, shots: 1),
    ])
    #expect(history.scores.map(\.value) == [0.1, 0.2, 0.6, 0.7])
    #expect(history.records.map(\.step) == [1, 2, 3, 4])
    #expect(history.replacedCount == 2)
  }
}
