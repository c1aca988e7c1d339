import Foundation

/// The metrics file of a run, read a line at a time.
///
/// The run may be writing while this reads: a last line that does not end, and is not a record
/// yet, is left out. A line that ends and is not a record is an error with its number.
public struct MetricsLog: Sendable {
  /// How a file ended.
  public enum Ending: Sendable, Equatable {
    /// After a whole line.
    case complete
    /// In the middle of a line: it is being written, or its writer was killed.
    case cut
  }

  /// The path of the file.
  public let path: String

  /// The longest line that is read, in bytes: a record takes about 300, and one that names the
  /// documents of a large batch some hundred thousand. Anything longer is another kind of file.
  static let longestLine = 16 << 20
  private static let chunkSize = 1 << 20

  /// Creates a reader of the file at a path; nothing is opened yet.
  public init(path: String) {
    self.path = path
  }

  /// Calls `body` with each step's record in the order of the file, and returns how the file ended.
  ///
  /// Scores of evaluations between the steps are passed over.
  ///
  /// - Throws: As `forEachLine`.
  @discardableResult
  public func forEach(_ body: (MetricsRecord) throws -> Void) throws -> Ending {
    try forEachLine { line in
      if case .step(let record) = line { try body(record) }
    }
  }

  /// Calls `body` with each line in the order of the file, and returns how the file ended.
  ///
  /// - Throws: `TerminalError.unreadable`, `TerminalError.brokenLine`, and what `body` throws.
  @discardableResult
  public func forEachLine(_ body: (MetricsLine) throws -> Void) throws -> Ending {
    let handle: FileHandle
    do {
      handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    } catch {
      throw unreadable(error)
    }
    defer { try? handle.close() }

    let decoder = JSONDecoder()
    var (pending, line) = ([UInt8](), 1)
    while let chunk = try nextChunk(handle) {
      var searched = pending.count
      pending.append(contentsOf: chunk)
      var start = 0
      while let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        if let record = try decode(pending[start..<end], line: line, with: decoder) {
          try body(record)
        }
        (start, searched, line) = (end + 1, end + 1, line + 1)
      }
      pending.removeSubrange(..<start)
      guard pending.count <= Self.longestLine else {
        throw broken(pending[...], line, "it is longer than \(Format.bytes(Self.longestLine))")
      }
    }
    // The end of the last line may be on its way: it counts if it is a record already.
    guard !isBlank(pending[...]) else { return .complete }
    guard let record = try? decode(pending[...], line: line, with: decoder) else { return .cut }
    try body(record)
    return .complete
  }

  /// Returns the records of all steps in the file.
  ///
  /// - Throws: as `forEachLine`.
  public func records() throws -> [MetricsRecord] {
    var records: [MetricsRecord] = []
    try forEach { records.append($0) }
    return records
  }

  private func nextChunk(_ handle: FileHandle) throws -> Data? {
    do {
      let chunk = try handle.read(upToCount: Self.chunkSize)
      return chunk.flatMap { $0.isEmpty ? nil : $0 }
    } catch {
      throw unreadable(error)
    }
  }

  private func decode(
    _ bytes: ArraySlice<UInt8>, line: Int, with decoder: JSONDecoder
  ) throws -> MetricsLine? {
    guard !isBlank(bytes) else { return nil }
    do {
      return try decoder.decode(MetricsLine.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw broken(bytes, line, Self.reason(error))
    } catch {
      throw broken(bytes, line, "it is not JSON")
    }
  }

  private func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy {
      $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r")
    }
  }

  private func unreadable(_ error: any Error) -> TerminalError {
    .unreadable(path: path, because: error)
  }

  private func broken(_ bytes: ArraySlice<UInt8>, _ line: Int, _ reason: String) -> TerminalError {
    // Enough to recognise the line by in an editor.
    let excerpt = DisplayWidth.printable(String(decoding: bytes.prefix(200), as: UTF8.self))
    let found = DisplayWidth.truncated(excerpt, to: 60)
    return .brokenLine(path: path, line: line, reason: reason, found: found)
  }

  private static func reason(_ error: DecodingError) -> String {
    func name(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "the line" : "'" + path.map(\.stringValue).joined(separator: ".") + "'"
    }
    return switch error {
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case .valueNotFound(_, let context): "\(name(context.codingPath)) is null"
    case .typeMismatch(let type, let context): "\(name(context.codingPath)) is not of type \(type)"
    default: "it is not JSON, or a number in it does not fit"
    }
  }
}
