/// What to do with a line that is not a JSON object with the text field, or not UTF-8.
public enum MalformedLinePolicy: String, Codable, Sendable {
  /// Throw an error that names the line.
  case stop
  /// Pass over it, and count it.
  case skip
}

/// The documents of one file of JSON lines; blank lines are none.
final class JSONLinesReader {
  private let path: String
  private let field: String
  private let policy: MalformedLinePolicy
  private let lines: LineReader
  private let parser: JSONTextField
  private(set) var skippedCount = 0

  init(
    path: String, reader: any ByteReader, field: String, policy: MalformedLinePolicy,
    record: Int, byteOffset: Int
  ) throws(CorpusError) {
    self.path = path
    self.field = field
    self.policy = policy
    parser = JSONTextField(named: field)
    lines = try LineReader(
      path: path, reader: reader, padding: JSONTextField.padding, lineIndex: record,
      byteOffset: byteOffset)
  }

  /// Appends the next document's text; returns its line (from 0) and where that starts.
  func next(appendingTo text: inout [UInt8]) throws(CorpusError) -> (line: Int, byteOffset: Int)? {
    while let line = try lines.next() {
      if isBlank(line.bytes) { continue }
      do throws(CorpusError) {
        try append(line, to: &text)
        return (line.index, line.byteOffset)
      } catch {
        guard policy == .skip, error.concernsOneLine else { throw error }
        skippedCount += 1
      }
    }
    return nil
  }

  private func append(_ line: LineReader.Line, to text: inout [UInt8]) throws(CorpusError) {
    let number = line.index + 1
    switch parser.text(in: line.bytes) {
    case .text(let bytes):
      text.append(contentsOf: bytes)
    case .notJSON(let detail):
      throw .malformedJSON(path: path, line: number, detail: detail)
    case .notUTF8:
      let offset = firstInvalidUTF8Offset(line.bytes) ?? 0
      throw .invalidUTF8(path: path, line: number, byteOffset: line.byteOffset + offset)
    case .noField:
      throw .missingField(path: path, line: number, field: field)
    case .notText(let found):
      throw .fieldIsNotText(path: path, line: number, field: field, found: found)
    }
  }

  private func isBlank(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
  }
}
