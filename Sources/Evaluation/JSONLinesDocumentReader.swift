import Foundation

/// Reads documents from JSON lines: one object a line, blank lines skipped.
public struct JSONLinesDocumentReader: DocumentFileReader {
  public var fileExtension: String { "jsonl" }

  public init() {}

  public func documents(in path: String, task: String, limit: Int?) throws -> [TaskDocument] {
    let decoder = JSONDecoder()
    var documents: [TaskDocument] = []
    try JSONLines.forEach(in: path, task: task) { line, number in
      if let limit, documents.count >= limit { return false }
      let location = DocumentLocation(task: task, path: path, line: number)
      documents.append(try Self.document(line, location: location, decoder: decoder))
      return true
    }
    return documents
  }

  static func document(_ line: Data, location: DocumentLocation, decoder: JSONDecoder) throws
    -> TaskDocument
  {
    let value: DocumentValue
    do {
      value = try decoder.decode(DocumentValue.self, from: line)
    } catch {
      throw EvaluationError.malformedDocument(
        location, reason: "\"\(String(decoding: line, as: UTF8.self).excerpt)\"")
    }
    guard case .object(let fields) = value else {
      throw EvaluationError.malformedDocument(location, reason: value.summary)
    }
    return TaskDocument(fields: fields, location: location)
  }
}

/// The lines of a file.
enum JSONLines {
  /// Calls `body` with every line that is not blank and its number from one, until it returns false.
  static func forEach(in path: String, task: String, _ body: (Data, Int) throws -> Bool) throws {
    let data = try read(path, task: task)
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var start = data.startIndex + (data.starts(with: byteOrderMark) ? byteOrderMark.count : 0)
    var number = 1
    while start < data.endIndex {
      let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) ?? data.endIndex
      let line = data[start..<end]
      if line.contains(where: { $0 > UInt8(ascii: " ") }), try !body(line, number) { return }
      number += 1
      start = end + 1
    }
  }

  /// Maps a file rather than reading it, so that a limit costs only the lines that it asks for.
  static func read(_ path: String, task: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw EvaluationError.unreadableFile(
        task: task, path: path, reason: error.localizedDescription)
    }
  }
}
