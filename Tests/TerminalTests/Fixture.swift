import Foundation
import Terminal
import TestSupport

/// Runs of made-up numbers in a folder of their own, gone with the value that made them.
final class Fixture {
  private let temporary: TemporaryFolder
  var path: String { temporary.path }
  var folder: RunsFolder { RunsFolder(path: path) }
  /// The moment that the logs were written at: 2001-09-09 01:46:40 UTC.
  static let moment = Date(timeIntervalSince1970: 1_000_000_000)

  init() throws {
    temporary = try TemporaryFolder()
  }

  func write(_ text: String, run name: String, secondsAgo: Double = 0) throws {
    let file = folder.metricsPath(ofRun: name)
    try FileManager.default.createDirectory(
      atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    try FileManager.default.setAttributes(
      [.modificationDate: Self.moment - secondsAgo], ofItemAtPath: file)
  }

  func write(
    _ records: [MetricsRecord], run name: String, secondsAgo: Double = 0, tail: String = ""
  ) throws {
    let lines = try records.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    try write(lines.map { $0 + "\n" }.joined() + tail, run: name, secondsAgo: secondsAgo)
  }

  /// A run whose loss falls as 1/step, with a little noise; only exact arithmetic, so that it is
  /// the same on every machine.
  static func records(
    count: Int, batch: Int = 65_536, offset: Double = 0, skipping: Set<Int> = []
  ) -> [MetricsRecord] {
    var state: UInt64 = 42
    return (1...count).map { step in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let noise = Double(state >> 40) / Double(1 << 24) - 0.5
      let progress = Double(step) / Double(count)
      let entropy = 2.5 + offset + 8 / (1 + 60 * progress) + 0.1 * noise
      let isSkipped = skipping.contains(step)
      return MetricsRecord(
        step: step, tokens: step * batch, loss: isSkipped ? nil : entropy + 0.0078125,
        crossEntropy: isSkipped ? nil : entropy, zLoss: isSkipped ? nil : 0.0078125,
        learningRate: 6e-4 * min(1, 20 * progress) * (1.1 - progress),
        gradientNorm: isSkipped ? nil : 0.5 + 6 / (1 + 100 * progress) + noise / 4,
        tokensPerSecond: 1_000 + 100 * noise, seconds: Double(batch) / 1_000,
        residentBytes: 13_000_000_000 + step * 1_000, skipped: isSkipped ? true : nil)
    }
  }
}
