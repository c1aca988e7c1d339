import Files
import Foundation
import Logging
import Synchronization
import Terminal

/// A run's two files: lines of metrics, of each step and of each score between steps, and messages.
final class RunLog: Sendable {
  private let metrics: FileHandle
  private let metricsPath: String
  private let encoder: JSONEncoder
  let logger: Logger

  /// Opens the log, keeping the metrics of the first `step` steps and nothing after them.
  ///
  /// A process that was killed may have logged steps that no checkpoint holds, and half a line;
  /// the steps are about to be taken again.
  init(_ run: RunDirectory, keepingSteps step: Int, progress: ProgressLine) throws {
    try Self.truncate(run.metricsPath, afterStep: step)
    metricsPath = run.metricsPath
    metrics = try Self.append(to: run.metricsPath)
    let messages = try Self.append(to: run.messagesPath)
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    logger = Logger(label: run.name) { _ in MessageHandler(file: messages, progress: progress) }
  }

  func write(_ record: MetricsRecord) throws(ExperimentError) { try write(lines: [record]) }

  /// Writes a task's scores all at once, so that none of them is there without the others.
  func write(_ records: [ScoreRecord]) throws(ExperimentError) { try write(lines: records) }

  private func write(lines: [some Encodable]) throws(ExperimentError) {
    do {
      try metrics.write(
        contentsOf: lines.reduce(into: Data()) { data, line in
          data += try encoder.encode(line)
          data.append(UInt8(ascii: "\n"))
        })
    } catch {
      throw .writeFailed(path: metricsPath, reason: error.localizedDescription)
    }
  }

  /// Puts on the disk what was written so far.
  func synchronize() throws(ExperimentError) {
    do {
      try metrics.synchronize()
    } catch {
      throw .writeFailed(path: metricsPath, reason: error.localizedDescription)
    }
  }

  private static func truncate(_ path: String, afterStep step: Int) throws {
    guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else { return }
    if step == 0 {
      // It may be all that is left of an earlier run of this name.
      let aside = path.replacingOccurrences(of: ".jsonl", with: ".previous.jsonl")
      guard rename(path, aside) == 0 else {
        throw ExperimentError.writeFailed(path: aside, reason: String(cString: strerror(errno)))
      }
      return
    }
    let decoder = JSONDecoder()
    var kept = Data()
    for line in data.split(separator: UInt8(ascii: "\n")) {
      // Half a line, or one that someone broke, is no step; those after it still are.
      guard let record = try? decoder.decode(MetricsLine.self, from: line), record.step <= step
      else { continue }
      kept.append(line)
      kept.append(UInt8(ascii: "\n"))
    }
    if kept.count != data.count { try AtomicFile.write(kept, to: path) }
  }

  /// The scores of a step in a metrics file, which may be missing or broken in places.
  static func scores(at step: Int, in path: String) -> [ScoreRecord] {
    let decoder = JSONDecoder()
    let lines = FileManager.default.contents(atPath: path)?.split(separator: UInt8(ascii: "\n"))
    return (lines ?? []).compactMap { line in
      guard case .score(let record)? = try? decoder.decode(MetricsLine.self, from: line),
        record.step == step
      else { return nil }
      return record
    }
  }

  private static func append(to path: String) throws(ExperimentError) -> FileHandle {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .writeFailed(path: path, reason: String(cString: strerror(errno)))
    }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}

/// Messages to `run.log` with the time, and to the terminal above the progress line.
private struct MessageHandler: LogHandler {
  let file: FileHandle
  let progress: ProgressLine
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  init(file: FileHandle, progress: ProgressLine) {
    self.file = file
    self.progress = progress
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let time = Date.now.formatted(.iso8601)
    // A full disk must not end a run because of a message; the checkpoint will say so.
    try? file.write(contentsOf: Data("\(time) \(event.level): \(event.message)\n".utf8))
    let prefix = event.level >= .warning ? "\(event.level): " : ""
    progress.interrupt { ProgressLine.writeToStandardError("\(prefix)\(event.message)\n") }
  }
}
