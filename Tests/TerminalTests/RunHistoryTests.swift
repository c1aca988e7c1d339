import Foundation
import Terminal
import Testing

@Suite struct RunHistoryTests {
  private func history(
    _ records: [MetricsRecord], secondsAgo: Double = 0, tail: String = ""
  ) throws -> RunHistory {
    let fixture = try Fixture()
    try fixture.write(records, run: "run", secondsAgo: secondsAgo, tail: tail)
    return try RunHistory(name: "run", metricsPath: fixture.folder.metricsPath(ofRun: "run"))
  }

  @Test func forgetsStepsTakenBack() throws {
    let records = Fixture.records(count: 10)
    let history = try history(records + Fixture.records(count: 8, offset: 1)[5...])
    #expect(history.records.map(\.step) == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(history.records[4] == records[4])
    #expect(history.records[5].loss != records[5].loss)
    #expect(history.replacedCount == 5)
  }

  @Test func sumsUp() throws {
    var records = Fixture.records(count: 4, batch: 100, skipping: [4])
    for (index, speed) in [10.0, 1, 4, 2].enumerated() {
      records[index].tokensPerSecond = speed
      records[index].seconds = 0.5
      records[index].residentBytes = index == 1 ? 9 : 5
    }
    records[0].loss = 3
    records[1].loss = 2
    records[2].loss = 2.5
    let history = try history(records)
    #expect(history.medianTokensPerSecond == 3)
    #expect(history.totalSeconds == 2)
    #expect(history.peakResidentBytes == 9)
    #expect(history.lastLoss == 2.5)
    #expect(history.bestLoss == 2)
    #expect(history.skippedCount == 1)
    #expect(history.tokens == 400)
    #expect(history.lastActivity == Fixture.moment)
  }

  @Test func judgesTheState() throws {
    let records = Fixture.records(count: 3, batch: 30_000)
    // Five steps of 30 s are 150 s.
    for (secondsAgo, tail, planned, state) in [
      (149.0, "", nil, RunState.active), (151, "", nil, .idle), (151, "{\"st", nil, .interrupted),
      (0, "{\"st", nil, .active), (0, "", 3, .finished), (151, "", 4, .idle),
    ] as [(Double, String, Int?, RunState)] {
      let history = try history(records, secondsAgo: secondsAgo, tail: tail)
      #expect(RunState(of: history, plannedStepCount: planned, now: Fixture.moment) == state)
    }
  }
}
