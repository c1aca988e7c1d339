import Files
import Foundation
import Parquet
import Synchronization
import Testing

/// Whole rows of the project's own files (`Fixtures/make_row_fixtures.py`).
@Suite struct ParquetRowReaderTests {
  /// Files of one table: all types, in all encodings of each.
  static let names = Fixture.names.filter {
    $0.hasPrefix("rows-") && $0 != "rows-long-lists.parquet"
  }

  private static func expected() throws -> [String] {
    try JSONDecoder().decode(
      [String].self, from: Data(contentsOf: URL(filePath: Fixture.path("rows.json"))))
  }

  private static func texts(_ rows: [[ParquetValue.Field]]) -> [String] {
    rows.map { String(decoding: digest($0), as: UTF8.self) }
  }

  @Test(arguments: names) func rowsAreThosePyarrowReads(_ name: String) throws {
    let expected = try Self.expected()
    try #require(expected.count == 30)
    for stretch in [1, 100, 1 << 20] {
      let found = try Self.texts(rows(of: Fixture.open(name), stretch: stretch))
      #expect(found == expected)
    }
  }

  @Test func thereIsAFileForEachVersionAndEncoding() {
    #expect(Self.names.count == 9)
  }

  @Test(arguments: names + ["rows-long-lists.parquet"])
  func readingBeginsAtAnyRow(_ name: String) throws {
    let file = try Fixture.open(name)
    let all = try Self.texts(rows(of: file))
    for start in [0, 1, 2, 3, 4, 11, 12, 13, 24, 29, 30, 599, 600, 601, 899, 900]
    where start <= file.rowCount {
      #expect(try Self.texts(rows(of: file, from: start)) == Array(all[start...]))
      #expect(try file.rows(from: start).row == start)
    }
    #expect(throws: ParquetError.self) { try file.rows(from: file.rowCount + 1) }
    #expect(throws: ParquetError.self) { try file.rows(from: -1) }
  }

  @Test func listsGoOnFromBatchToBatchAndPageToPage() throws {
    let rows = try rows(of: Fixture.open("rows-long-lists.parquet"))
    #expect(rows.count == 900)
    for (index, row) in rows.enumerated() {
      let count = index == 1 || index == 3 ? 700 : index % 2
      let elements = (0..<count).map { element in
        ParquetValue.structure([
          .init(name: "count", value: .integer(element)),
          .init(name: "words", value: .list(Array(repeating: .text("w"), count: element % 3))),
          .init(name: "note", value: .null),
        ])
      }
      #expect(row == [.init(name: "kwargs", value: .list(elements))])
    }
  }

  @Test func onlyTheFieldsWantedAreReadInTheSchemasOrder() throws {
    let file = try Fixture.open("rows-v2-plain.parquet")
    let whole = try rows(of: file)
    let some = try rows(of: file, fields: ["kwargs", "id"])
    #expect(some.map { $0.map(\.name) } == Array(repeating: ["id", "kwargs"], count: 30))
    for (row, wanted) in zip(whole, some) {
      #expect(wanted == row.filter { ["id", "kwargs"].contains($0.name) })
    }
    #expect(try rows(of: file, fields: []) == Array(repeating: [], count: 30))
    let error = #expect(throws: ParquetError.self) { try file.rows(fields: ["id", "choice"]) }
    #expect(error?.description.contains("no field \"choice\"; fields are \"flag\", ") == true)
  }

  /// A file's bytes that remembers which of them were read.
  private final class WatchedBytes: RandomAccessBytes {
    let bytes: MemoryBytes
    let read = Mutex<[Range<Int>]>([])
    var name: String { bytes.name }
    var byteCount: Int { bytes.byteCount }

    init(_ bytes: MemoryBytes) { self.bytes = bytes }

    func read(
      into target: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(ByteAccessError) {
      read.withLock { $0.append(offset..<offset + target.count) }
      try bytes.read(into: target, at: offset)
    }
  }

  @Test func noRowGroupIsReadBeforeARowOfItIsWanted() throws {
    let data = try Data(contentsOf: URL(filePath: Fixture.path("rows-v1-plain.parquet")))
    let bytes = WatchedBytes(MemoryBytes(Array(data), name: "watched"))
    let file = try ParquetFile(bytes)
    func groupsRead() -> Set<Int> {
      // The groups lie one behind the other.
      let sizes = file.rowGroups.map(\.byteCount)
      let starts = sizes.reduce(into: [4]) { $0.append($0[$0.count - 1] + $1) }
      return Set(
        bytes.read.withLock { $0 }.compactMap { range in
          (0..<sizes.count).first { range.lowerBound < starts[$0 + 1] }
        })
    }
    let reader = try file.rows()
    bytes.read.withLock { $0 = [] }
    for _ in 0..<12 { _ = try reader.next() }
    #expect(groupsRead() == [0])
    _ = try reader.next()
    #expect(groupsRead() == [0, 1])
    bytes.read.withLock { $0 = [] }
    _ = try file.rows(from: 24).next()
    #expect(groupsRead() == [2])
    bytes.read.withLock { $0 = [] }
    _ = try rows(of: file, fields: ["id"])
    let count = bytes.read.withLock { $0.reduce(0) { $0 + $1.count } }
    #expect(count < data.count / 10)
  }

  @Test(arguments: ["bytes-plain.parquet", "bytes-dictionary.parquet"])
  func textThatIsNotUTF8LeavesTheOtherRows(_ name: String) throws {
    // Bytes that are not said to be text are given as they are.
    let file = try Fixture.open(name)
    #expect(
      try rows(of: file).map { $0[1].value }.prefix(2) == [
        .bytes([0xE6, 0xA6]), .bytes([0x86] + Array(" elm".utf8)),
      ])
    let node = TestFile.Node(name: "text", repetition: 0)
    let values: [UInt8] = fixed32(1) + [97] + fixed32(2) + [98, 0xE6] + fixed32(1) + [99]
    let broken = try ParquetFile(
      MemoryBytes(TestFile(node, rows: 3, .data(3, values)).bytes, name: "broken"))
    let reader = try broken.rows()
    #expect(try reader.next() == [.init(name: "text", value: .text("a"))])
    let error = #expect(throws: ParquetError.self) { try reader.next() }
    guard case .invalidUTF8(let place, row: 1, byteOffset: 1)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(place.column == "text")
    #expect(try reader.next() == [.init(name: "text", value: .text("c"))])
    #expect(try reader.next() == nil)
  }

  @Test func rowsOfListsHaveALimit() throws {
    var limits = ParquetLimits()
    limits.listValueCount = 2_000
    let file = try ParquetFile(
      FileBytes(path: Fixture.path("rows-long-lists.parquet")), limits: limits)
    let reader = try file.rows()
    #expect(try reader.next() != nil)
    let error = #expect(throws: ParquetError.self) { try reader.next() }
    #expect(
      error?.description.contains("the number of values of a row takes 2") == true,
      "\(String(describing: error))")
    // It stays one.
    #expect(throws: try #require(error)) { try reader.next() }
    limits = ParquetLimits()
    limits.listByteCount = 100
    let again = try ParquetFile(
      FileBytes(path: Fixture.path("rows-long-lists.parquet")), limits: limits)
    #expect(throws: ParquetError.self) { try rows(of: again) }
  }

  /// A run says that there are 2³¹ − 1 nulls; they are given one after the other, from no memory.
  @Test func runsTakeNoMemory() throws {
    let count = 1 << 31 - 1
    let definition = run(of: 0, count: count)
    let file = TestFile(
      TestFile.Node(name: "text", repetition: 1), rows: count,
      .data(count, fixed32(definition.count) + definition))
    let reader = try ParquetFile(MemoryBytes(file.bytes, name: "bomb")).rows()
    for _ in 0..<5_000 {
      #expect(try reader.next() == [.init(name: "text", value: .null)])
    }
  }
}
