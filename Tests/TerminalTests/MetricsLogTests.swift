import Foundation
import Terminal
import Testing

@Suite struct MetricsLogTests {
  private let line = """
    {"step":7,"tokens":1024,"loss":3.5,"cross_entropy":3.25,"z_loss":0.25,"learning_rate":1e-3,\
    "gradient_norm":1,"tokens_per_second":100,"seconds":0.5,"resident_bytes":4096
    """

  private func log(_ text: String) throws -> (Fixture, MetricsLog) {
    let fixture = try Fixture()
    try fixture.write(text, run: "run")
    return (fixture, MetricsLog(path: fixture.folder.metricsPath(ofRun: "run")))
  }

  @Test func readsARecord() throws {
    let more = #","skipped":false,"documents":["a/1"],"wait_seconds":0.125,"new":{"x":[1]}}"#
    let (fixture, log) = try log("\n" + line + more + "\r\n")
    let expected = MetricsRecord(
      step: 7, tokens: 1_024, loss: 3.5, crossEntropy: 3.25, zLoss: 0.25, learningRate: 0.001,
      gradientNorm: 1, tokensPerSecond: 100, seconds: 0.5, residentBytes: 4_096, skipped: false,
      documents: ["a/1"], waitSeconds: 0.125)
    #expect(try log.records() == [expected])
    withExtendedLifetime(fixture) {}
  }

  @Test func writesNullForWhatJSONLacks() throws {
    let record = MetricsRecord(
      step: 1, tokens: 2, loss: .nan, crossEntropy: nil, zLoss: -.infinity, learningRate: 0,
      gradientNorm: .infinity, tokensPerSecond: 1, seconds: 1, residentBytes: 1)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(
      String(decoding: try encoder.encode(record), as: UTF8.self) == """
        {"cross_entropy":null,"gradient_norm":null,"learning_rate":0,"loss":null,\
        "resident_bytes":1,"seconds":1,"step":1,"tokens":2,"tokens_per_second":1,"z_loss":null}
        """)
    let read = try JSONDecoder().decode(MetricsRecord.self, from: try encoder.encode(record))
    #expect(read.loss == nil && read.isSkipped)
  }

  @Test func toleratesACutEnd() throws {
    let whole = line + "}\n"
    for length in 1..<line.utf8.count {
      let (_fixture, log) = try log(whole + String(line.prefix(length)))
      var count = 0
      #expect(try log.forEach { _ in count += 1 } == .cut)
      #expect(count == 1)
      withExtendedLifetime(_fixture) {}
    }
    // All of the line but its end is there.
    let (fixture, log) = try log(whole + line + "}")
    var count = 0
    #expect(try log.forEach { _ in count += 1 } == .complete)
    #expect(count == 2)
    withExtendedLifetime(fixture) {}
  }

  @Test func namesTheBrokenLine() throws {
    let missing = line.replacingOccurrences(of: "\"tokens\":1024,", with: "") + "}"
    let text = line.replacingOccurrences(of: "3.5", with: "\"x\"") + "}"
    for (broken, reason) in [
      (line, "it is not JSON"), (missing, "'tokens' is missing"), (text, "'loss' is not of type"),
      ("[1]", "the line is not of type"), ("\u{0}\u{0}", "it is not JSON"), ("null", "null"),
    ] {
      let (fixture, log) = try log(line + "}\n\n" + broken + "\n" + line + "}\n")
      let error = #expect(throws: TerminalError.self) { try log.records() }
      let message = error.map(String.init(describing:)) ?? ""
      #expect(message.hasPrefix("\(log.path):3: "))
      #expect(message.contains(reason), "\(message)")
      #expect(!message.contains("\u{0}"))
      withExtendedLifetime(fixture) {}
    }
  }

  @Test func refusesWhatIsNoLog() throws {
    let fixture = try Fixture()
    for path in [fixture.path + "/none", fixture.path] {
      let error = #expect(throws: TerminalError.self) { try MetricsLog(path: path).records() }
      guard case .unreadable = error else {
        Issue.record("\(path): \(String(describing: error))")
        continue
      }
    }
    try Data(count: 17 << 20).write(to: URL(fileURLWithPath: fixture.path + "/zeros"))
    let error = #expect(throws: TerminalError.self) {
      try MetricsLog(path: fixture.path + "/zeros").records()
    }
    #expect(error.map(String.init(describing:))?.contains("longer than 16.0 MiB") == true)
  }

  @Test func readsAcrossChunks() throws {
    // 4 MB in lines of uneven length, so that chunks end everywhere in a line.
    let records = (1...400).map { step in
      MetricsRecord(
        step: step, tokens: step, loss: 1, crossEntropy: 1, zLoss: 0, learningRate: 0,
        gradientNorm: 1, tokensPerSecond: 1, seconds: 1, residentBytes: 1,
        documents: [String(repeating: "x", count: step * 53 % 20_000)])
    }
    let fixture = try Fixture()
    try fixture.write(records, run: "run")
    #expect(try MetricsLog(path: fixture.folder.metricsPath(ofRun: "run")).records() == records)
  }
}
