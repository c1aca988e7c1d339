import Foundation
import Terminal
import Testing

@Suite struct ScoreRecordTests {
  private let record = ScoreRecord(
    step: 7, tokens: 1_024, task: "arc_easy", metric: "acc", shots: 5, documentCount: 40,
    value: 0.5, standardError: 0.125, chance: 0.25, evaluationSeconds: 1.5)

  @Test func isWrittenWithKeysOfItsOwn() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let line = String(decoding: try encoder.encode(record), as: UTF8.self)
    #expect(
      line == """
        {"chance":0.25,"document_count":40,"evaluation_seconds":1.5,"higher_is_better":true,\
        "metric":"acc","shots":5,"stderr":0.125,"step":7,"task":"arc_easy","tokens":1024,\
        "value":0.5}
        """)
    #expect(try JSONDecoder().decode(MetricsLine.self, from: Data(line.utf8)) == .score(record))
    // Sums over steps' lines, and means of them, must not meet these.
    for key in ["\"seconds\"", "tokens_per_second", "loss"] { #expect(!line.contains(key)) }
  }

  @Test func hasNoValueThatJSONLacks() throws {
    var broken = record
    (broken.value, broken.standardError, broken.chance) = (.nan, .infinity, nil)
    let line = String(decoding: try JSONEncoder().encode(broken), as: UTF8.self)
    #expect(line.contains("\"value\":null"))
    #expect(!line.contains("stderr"))
    guard case .score(let read) = try JSONDecoder().decode(MetricsLine.self, from: Data(line.utf8))
    else {
      Issue.record("\(line)")
      return
    }
    #expect(read.value == nil && read.standardError == nil)
  }

  /// Readers of steps pass scores over; a score that lacks something is named with its line.
  @Test func standsBetweenSteps() throws {
    let fixture = try Fixture()
    let steps = try Fixture.records(count: 2).map {
      String(decoding: try JSONEncoder().encode($0), as: UTF8.self)
    }
    let score = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
    try fixture.write("\(steps[0])\n\(score)\n\(steps[1])\n", run: "run")
    let log = MetricsLog(path: fixture.folder.metricsPath(ofRun: "run"))
    #expect(try log.records().map(\.step) == [1, 2])
    var lines: [Int] = []
    #expect(try log.forEachLine { lines.append($0.step) } == .complete)
    #expect(lines == [1, 7, 2])
    try fixture.write("\(steps[0])\n{\"step\":1,\"tokens\":1,\"task\":\"x\"}\n", run: "run")
    let error = #expect(throws: TerminalError.self) { try log.records() }
    #expect("\(try #require(error))".contains(":2: "))
    #expect("\(try #require(error))".contains("'metric' is missing"))
  }
}
