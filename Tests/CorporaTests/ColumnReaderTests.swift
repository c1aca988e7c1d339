import Corpora
import Foundation
import TestSupport
import Testing

/// Documents of Parquet files as a stream reads them; what the files hold is told by a file beside
/// them, which is not this project's reader's word.
struct ColumnReaderTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("ParquetTests/Fixtures")

  private static let file = folder.appendingPathComponent("v2-zstd.parquet").path

  private func values(_ column: String) throws -> [Any] {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent("values.json"))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: [Any]]
    return try #require(object?[column])
  }

  @Test func eachRowIsADocument() throws {
    let texts = try values("text").map { try #require($0 as? String) }
    #expect(texts.count == 26)
    #expect(try documents([Self.file], field: "text") == texts)
  }

  /// A row without text is what a line without the field is.
  @Test func rowsWithoutTextAreErrorsOrPassedOver() throws {
    let texts = try values("note").compactMap { $0 as? String }
    #expect(throws: CorpusError.missingField(path: Self.file, line: 1, field: "note")) {
      try documents([Self.file], field: "note")
    }
    #expect(try documents([Self.file], field: "note", malformedLines: .skip) == texts)
    let stream = try BatchStream(
      files: [Self.file], textField: "note", tokenizer: ByteTokenizer(), filter: .none,
      packing: .padOrTruncate, batchSize: 1, sequenceLength: 99, endOfCorpus: .stop,
      malformedLines: .skip)
    _ = try stream.remaining()
    #expect(stream.counts.documentsRead == texts.count)
    #expect(stream.counts.malformedLinesSkipped == 26 - texts.count)
  }

  @Test func aListIsOneDocumentALineEach() throws {
    let texts = try values("parts.list.element").map { row in
      try #require(row as? [Any]).compactMap { $0 as? String }
    }
    let expected = texts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
    #expect(expected.contains { $0.contains("\n") })
    #expect(
      try documents([Self.file], field: "parts.list.element", malformedLines: .skip) == expected)
  }

  @Test func aColumnThatIsNoTextNamesThoseThatAre() throws {
    for field in ["id", "absent", "meta.year"] {
      let error = #expect(throws: CorpusError.self) { try documents([Self.file], field: field) }
      #expect("\(try #require(error))".contains("\"meta.source\""), "\(field)")
    }
  }

  /// Row groups are shuffled anew each epoch, and a stream is entered at any row of them.
  @Test func shuffledRowGroupsAreResumedAtAnyRow() throws {
    let texts = try values("text").map { try #require($0 as? String) }
    func stream(_ cursor: Cursor? = nil) throws -> BatchStream {
      try BatchStream(
        files: [Self.file], textField: "text", tokenizer: ByteTokenizer(), filter: .none,
        packing: .padOrTruncate, batchSize: 1, sequenceLength: 99, fileOrder: .shuffled(seed: 3),
        cursor: cursor)
    }
    let whole = try stream()
    var cursors = [whole.cursor]
    let batches = try (0..<3 * 26).map { _ in
      defer { cursors.append(whole.cursor) }
      return try #require(try whole.next())
    }
    let epochs = (0..<3).map { epoch in
      batches[epoch * 26..<(epoch + 1) * 26].map {
        String(decoding: ByteTokenizer().decodeBytes($0.inputs), as: UTF8.self)
      }
    }
    for epoch in epochs { #expect(epoch.sorted() == texts.sorted()) }
    #expect(Set(epochs + [texts]).count > 2)
    for start in batches.indices {
      let resumed = try stream(cursors[start])
      for index in start..<min(start + 3, batches.count) {
        #expect(try resumed.next() == batches[index], "batch \(index) from \(start)")
      }
    }
    // A place that the file does not have.
    let saved = String(decoding: try JSONEncoder().encode(cursors[30]), as: UTF8.self)
    let forged = saved.replacing(try Regex("\"record\":[0-9]+"), with: "\"record\":26")
    let cursor = try JSONDecoder().decode(Cursor.self, from: Data(forged.utf8))
    #expect(throws: CorpusError.self) { try stream(cursor) }
  }
}
