import Files
import Foundation

/// The scores of an evaluation that is under way, a line a batch, so that it can be resumed.
///
/// The first line says what is evaluated: only the same evaluation is continued. A batch is known by
/// the checksum of its token ids; batches are made of the requests alone, so that a resumed
/// evaluation forms the same ones and its scores are the bits that an uninterrupted one has. Every
/// line begins with the checksum of what follows. A last line that was cut while it was written is
/// dropped, anything else that is not as it was written is an error.
public final class EvaluationJournal {
  /// What is evaluated and how.
  public struct Header: Codable, Sendable, Equatable {
    /// What makes scores what they are, by name: `checkpoint`, `weights`, `type`, `tasks` ….
    public var evaluation: [String: String]

    public init(_ evaluation: [String: String]) { self.evaluation = evaluation }
  }

  private struct Line: Codable {
    var batch: String
    /// A log-likelihood and whether it is greedy, for each request.
    var scores: [Score]?
    /// What the model wrote, for each prompt.
    var texts: [String]?
  }

  private struct Score: Codable {
    var logLikelihood: Double
    var isGreedy: Bool
  }

  public let path: String
  /// The batches that an earlier start left.
  public private(set) var recordedBatchCount = 0
  private var recorded: [String: Line] = [:]
  private let handle: FileHandle
  private let encoder = JSONEncoder()

  /// Starts a journal, or goes on with the one that is there.
  ///
  /// - Parameter resuming: Whether an earlier journal is read; else it is replaced.
  /// - Throws: `EvaluationError.corruptJournal`, `.journalOfAnotherEvaluation`, `.unwritableJournal`.
  public init(path: String, header: Header, resuming: Bool) throws {
    self.path = path
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    var kept = Data()
    if resuming, let data = FileManager.default.contents(atPath: path) {
      let read = try Self.read(data, path: path, header: header)
      for line in read.lines { recorded[line.batch] = line }
      recordedBatchCount = read.lines.count
      kept = data.prefix(read.byteCount)
    }
    if kept.isEmpty { kept = try Self.line(of: encoder.encode(header)) }
    try FileSystem.makeFolder(FileSystem.parent(of: path))
    try AtomicFile.write(kept, to: path)
    guard let handle = FileHandle(forUpdatingAtPath: path) else {
      throw EvaluationError.unwritableJournal(path: path, reason: "it cannot be opened")
    }
    self.handle = handle
    try handle.seekToEnd()
  }

  /// The scores recorded of a batch; nil where it is new.
  func scores(of batch: [TokenizedRequest]) -> [RequestScore]? {
    guard let scores = recorded[Self.key(of: batch)]?.scores, scores.count == batch.count else {
      return nil
    }
    return scores.map { RequestScore(logLikelihood: $0.logLikelihood, isGreedy: $0.isGreedy) }
  }

  func record(_ scores: [RequestScore], of batch: [TokenizedRequest]) throws {
    guard recorded[Self.key(of: batch)] == nil else { return }
    try append(
      Line(
        batch: Self.key(of: batch),
        scores: scores.map { Score(logLikelihood: $0.logLikelihood, isGreedy: $0.isGreedy) }))
  }

  /// The texts recorded of prompts; nil where they are new.
  func texts(of prompts: [[Int32]]) -> [String]? {
    let texts = recorded[Self.key(of: prompts)]?.texts
    return texts?.count == prompts.count ? texts : nil
  }

  func record(_ texts: [String], of prompts: [[Int32]]) throws {
    guard recorded[Self.key(of: prompts)] == nil else { return }
    try append(Line(batch: Self.key(of: prompts), texts: texts))
  }

  /// Removes the journal of an evaluation that is done and written.
  public func remove() throws {
    try handle.close()
    try FileManager.default.removeItem(atPath: path)
  }

  private func append(_ line: Line) throws {
    do {
      try handle.write(contentsOf: Self.line(of: encoder.encode(line)))
      try handle.synchronize()
    } catch {
      throw EvaluationError.unwritableJournal(path: path, reason: error.localizedDescription)
    }
  }

  /// A line of the file: the checksum, a space, the JSON.
  private static func line(of json: Data) -> Data {
    Data("\(checksum(of: json)) ".utf8) + json + Data("\n".utf8)
  }

  private static func checksum(of json: Data) -> String {
    var checksum = Checksum()
    json.withUnsafeBytes { checksum.append($0) }
    return checksum.hexadecimal
  }

  private static func key(of batch: [TokenizedRequest]) -> String {
    key(of: batch.flatMap { [$0.context, $0.continuation] })
  }

  /// The number and the checksum of the bytes of sequences with their lengths.
  private static func key(of sequences: [[Int32]]) -> String {
    var checksum = Checksum()
    for sequence in sequences {
      ([Int32(truncatingIfNeeded: sequence.count)] + sequence).withUnsafeBytes {
        checksum.append($0)
      }
    }
    return "\(checksum.byteCount)-\(checksum.hexadecimal)"
  }

  private static func read(_ data: Data, path: String, header: Header) throws -> (
    lines: [Line], byteCount: Int
  ) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    func decoded<T: Decodable>(_ type: T.Type, _ line: Data, _ number: Int) throws -> T {
      let json = Data(line.dropFirst(9))
      if line.prefix(9).elementsEqual("\(checksum(of: json)) ".utf8),
        let value = try? decoder.decode(type, from: json)
      {
        return value
      }
      throw EvaluationError.corruptJournal(
        path: path, line: number, found: String(decoding: line, as: UTF8.self).excerpt)
    }
    // What follows the last line break was cut off while it was written.
    guard let end = data.lastIndex(of: UInt8(ascii: "\n")) else {
      if data.isEmpty { return ([], 0) }
      throw EvaluationError.corruptJournal(
        path: path, line: 1, found: String(decoding: data.prefix(240), as: UTF8.self).excerpt)
    }
    let lines = data[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let found = try decoded(Header.self, lines[0], 1)
    for key in Set(found.evaluation.keys).union(header.evaluation.keys).sorted()
    where found.evaluation[key] != header.evaluation[key] {
      throw EvaluationError.journalOfAnotherEvaluation(
        path: path, key: key, expected: header.evaluation[key] ?? "nothing",
        found: found.evaluation[key] ?? "nothing")
    }
    let batches = try lines.dropFirst().enumerated().map { index, line in
      try decoded(Line.self, line, index + 2)
    }
    return (batches, data.distance(from: data.startIndex, to: end) + 1)
  }
}
