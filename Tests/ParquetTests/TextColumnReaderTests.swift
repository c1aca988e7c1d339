import Files
import Foundation
import Parquet
import Synchronization
import Testing

@Suite struct TextColumnReaderTests {
  /// The fixtures that hold the table of `values.json`, whatever their codec, encoding and pages.
  static let sameTable = Fixture.names.filter {
    $0.hasPrefix("v1-") || $0.hasPrefix("v2-")
      || ["dictionary-fallback", "one-page", "empty-row-group"].contains($0.dropLast(8))
  }

  @Test(arguments: sameTable) func valuesAreThoseWritten(_ name: String) throws {
    let file = try Fixture.open(name)
    let values = try Fixture.values()
    #expect(values.count == 8)
    for (path, expected) in values {
      #expect(expected.count == 26)
      #expect(try allRows(of: file, path) == expected, "\(path)")
      #expect(try rowsByBatches(of: file, path) == expected, "\(path)")
    }
  }

  @Test func thereIsAFileOfEachCodecEncodingAndPageVersion() {
    #expect(Self.sameTable.count == 2 * 9 + 3)
  }

  /// Any row of any row group, in any order, with one reader.
  @Test(arguments: [
    "v1-zstd", "v2-snappy", "v1-delta_byte_array", "v2-delta_byte_array",
    "v2-delta_length_byte_array", "dictionary-fallback", "empty-row-group", "one-page",
  ])
  func readingStartsAnywhere(_ name: String) throws {
    let file = try Fixture.open("\(name).parquet")
    for (path, expected) in try Fixture.values() {
      let reader = try file.texts(of: file.textColumn(path), stretch: 64)
      for group in file.rowGroups.indices.reversed() {
        let before = file.rowGroups[..<group].reduce(0) { $0 + $1.rowCount }
        let count = file.rowGroups[group].rowCount
        for row in (0...count).reversed() {
          try reader.seek(toRowGroup: group, row: row)
          #expect(reader.rowGroup == group)
          var found: [[String?]] = []
          repeat {
            #expect(reader.row == row + found.count)
          } while try nextRow(reader).map({ found.append($0) }) != nil
          #expect(found == Array(expected[before..<before + count][(before + row)...]))
        }
      }
    }
  }

  @Test(arguments: ["plain", "dictionary", "delta_length_byte_array", "delta_byte_array"])
  func longPagesAreReadFromAnyRow(_ encoding: String) throws {
    let file = try Fixture.open("many-\(encoding).parquet")
    let text = (0..<3_000).map { $0 % 7 == 0 ? [nil] : ["row \($0 * $0)"] as [String?] }
    let list = (0..<3_000).map { row in (0..<row % 3).map { "\(row).\($0)" as String? } }
    for (path, expected) in [("text", text), ("list.list.element", list)] {
      #expect(try allRows(of: file, path) == expected)
      #expect(try rowsByBatches(of: file, path) == expected)
      let reader = try file.texts(of: file.textColumn(path))
      for row in [1, 199, 200, 201, 1_023, 1_024, 1_025, 1_999, 2_499, 2_500] {
        try reader.seek(toRowGroup: 0, row: row)
        #expect(try rest(reader) == Array(expected[row..<2_500]))
      }
    }
  }

  /// One reader for all files and columns, in the order that changes codec and encoding most.
  @Test func aReaderGoesOnToOtherFiles() throws {
    let values = try Fixture.values()
    let empty = try Fixture.open("empty.parquet")
    let reader = empty.texts(of: try empty.textColumn("text"))
    for (path, expected) in values {
      for name in Self.sameTable {
        let file = try Fixture.open(name)
        reader.move(to: try file.textColumn(path), of: file)
        // Left in the middle, or read to its end.
        _ = try nextRow(reader)
        #expect(reader.row == 1)
        var found: [[String?]] = []
        for group in file.rowGroups.indices {
          try reader.seek(toRowGroup: group)
          found += try rest(reader)
        }
        #expect(found == expected)
      }
      reader.move(to: try empty.textColumn(path), of: empty)
      #expect(try nextRow(reader) == nil)
    }
  }

  @Test func emptyTablesHaveNoRows() throws {
    let file = try Fixture.open("empty.parquet")
    #expect(file.rowCount == 0)
    for path in try Fixture.values().keys { #expect(try allRows(of: file, path).isEmpty) }
    let reader = try file.texts(of: file.textColumn("text"))
    #expect(throws: ParquetError.self) { try reader.seek(toRowGroup: file.rowGroups.count) }
  }

  @Test func nullsAndListsWithoutElementsAreToldApart() throws {
    let file = try Fixture.open("nulls.parquet")
    #expect(try allRows(of: file, "text") == Array(repeating: [nil], count: 3_000))
    #expect(try allRows(of: file, "list.list.element") == Array(repeating: [], count: 3_000))
  }

  @Test func rowsOutsideAreRefused() throws {
    let file = try Fixture.open("v1-none.parquet")
    let reader = try file.texts(of: file.textColumn("text"))
    let place = ParquetPlace(file: file.name, rowGroup: 2)
    #expect(throws: ParquetError.missingRow(place, row: 7, count: 6)) {
      try reader.seek(toRowGroup: 2, row: 7)
    }
    #expect(throws: ParquetError.missingRow(place, row: -1, count: 6)) {
      try reader.seek(toRowGroup: 2, row: -1)
    }
    #expect(throws: ParquetError.missingRowGroup(file: file.name, rowGroup: 3, count: 3)) {
      try reader.seek(toRowGroup: 3)
    }
  }

  /// Notes which bytes are asked for.
  private final class Watched: RandomAccessBytes {
    let inner: MemoryBytes
    let ranges = Mutex<[Range<Int>]>([])
    var name: String { inner.name }
    var byteCount: Int { inner.byteCount }

    init(_ inner: MemoryBytes) { self.inner = inner }

    func read(
      into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(ByteAccessError) {
      ranges.withLock { $0.append(offset..<offset + buffer.count) }
      try inner.read(into: buffer, at: offset)
    }
  }

  @Test func onlyTheColumnsOwnBytesAreRead() throws {
    let bytes = try Array(Data(contentsOf: URL(filePath: Fixture.path("many-plain.parquet"))))
    let watched = Watched(MemoryBytes(bytes, name: "watched"))
    let file = try ParquetFile(watched)
    #expect(watched.ranges.withLock { $0 } == [0..<bytes.count])
    watched.ranges.withLock { $0 = [] }
    let reader = try file.texts(of: file.textColumn("text"), stretch: 1 << 20)
    #expect(try rest(reader).count == 2_500)
    let whole = watched.ranges.withLock { $0 }
    // One call brings all of the chunk, and nothing of the other column's.
    #expect(whole.count == 1)
    let chunk = try #require(whole.first)
    #expect(chunk.count < file.rowGroups[0].byteCount * 3 / 4)

    // In stretches nothing is read twice.
    watched.ranges.withLock { $0 = [] }
    let short = try file.texts(of: file.textColumn("text"), stretch: 500)
    #expect(try rest(short).count == 2_500)
    let parts = watched.ranges.withLock { $0 }
    #expect(parts.count > 3)
    #expect(parts.first?.lowerBound == chunk.lowerBound)
    #expect(parts.last?.upperBound == chunk.upperBound)
    #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })

    // Rows before the first one wanted are mostly not read.
    watched.ranges.withLock { $0 = [] }
    try short.seek(toRowGroup: 0, row: 2_499)
    #expect(try rest(short).count == 1)
    #expect(watched.ranges.withLock { $0 }.reduce(0) { $0 + $1.count } < chunk.count * 3 / 4)
  }

  @Test func aFailureToReadIsPassedOn() throws {
    let folder = NSTemporaryDirectory()
    let path = "\(folder)/samara-shrinking-\(UUID().uuidString).parquet"
    try FileManager.default.copyItem(atPath: Fixture.path("v1-none.parquet"), toPath: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = try ParquetFile(FileBytes(path: path))
    #expect(truncate(path, 10) == 0)
    let reader = try file.texts(of: file.textColumn("text"))
    let error = #expect(throws: ParquetError.self) { try nextRow(reader) }
    #expect(error?.description.contains("became shorter") == true)
    // It stays one until the reader is sent elsewhere.
    #expect(throws: try #require(error)) { try nextRow(reader) }
  }

  @Test(arguments: [
    "bytes-plain", "bytes-dictionary", "bytes-delta_length_byte_array", "bytes-delta_byte_array",
  ])
  func rowsThatAreNotUTF8AreNamedAndPassedOver(_ name: String) throws {
    let file = try Fixture.open("\(name).parquet")
    let expected: [String: [String?]] = [
      "bytes": ["elm", "Ülme", "2:0", "", nil, "ok", "6:3"],
      // Together the first two rows would be one character and more.
      "broken": ["0:0", "1:0", "a", "b", "c", "d", "e"],
    ]
    for (path, expected) in expected {
      let reader = try file.texts(of: file.textColumn(path))
      for start in 0..<7 {
        try reader.seek(toRowGroup: 0, row: start)
        #expect(try Self.tellingInvalid { try nextRow(reader) } == Array(expected[start...]))
      }
      try reader.seek(toRowGroup: 0)
      var waiting: [String?] = []
      let byBatch = try Self.tellingInvalid { () -> [String?]? in
        if waiting.isEmpty, let batch = try reader.nextBatch() {
          waiting = (0..<batch.count).map {
            if case .text(let bytes) = batch[$0] {
              String(decoding: bytes, as: UTF8.self)
            } else {
              nil
            }
          }
        }
        return waiting.isEmpty ? nil : [waiting.removeFirst()]
      }
      #expect(byBatch == expected)
    }
  }

  private static func tellingInvalid(_ next: () throws -> [String?]?) throws -> [String?] {
    var found: [String?] = []
    while true {
      do {
        guard let row = try next() else { return found }
        found += row
      } catch let error as ParquetError {
        guard case .invalidUTF8(_, let row, let offset) = error else { throw error }
        #expect(error.concernsOneRow)
        found.append("\(row):\(offset)")
      }
    }
  }
}
