import Files
import Foundation
import Parquet
import Testing

@Suite struct ParquetFileTests {
  @Test func aFileSaysWhatItHolds() throws {
    let file = try Fixture.open("v1-none.parquet")
    #expect(file.rowCount == 26)
    #expect(file.rowGroups.map(\.rowCount) == [10, 10, 6])
    #expect(
      file.columns.map(\.path) == [
        "id", "text", "note", "meta.source", "meta.year", "parts.list.element",
        "nested.list.element.list.element", "pairs.key_value.key", "pairs.key_value.value",
        "people.list.element.name", "people.list.element.age",
      ])
    let text = try file.textColumn("text")
    #expect(text.content == .text)
    #expect(!text.isOptional)
    #expect(!text.isRepeated)
    #expect(try file.textColumn("meta.source").isOptional)
    #expect(try file.textColumn("parts.list.element").isRepeated)
  }

  @Test func columnsThatAreNotTextAreRefused() throws {
    let file = try Fixture.open("bytes-plain.parquet")
    func message(_ path: String, _ accepting: ParquetFile.Acceptance = .textOrPlainBytes) -> String
    {
      do {
        _ = try file.textColumn(path, accepting: accepting)
        return "accepted"
      } catch {
        return error.description
      }
    }
    #expect(message("bytes") == "accepted")
    #expect(
      message("bytes", .annotatedText).hasSuffix(
        "column \"bytes\" is bytes, not said to be text, expected text; "
          + "the file has no column of text"))
    #expect(message("code").contains("column \"code\" is bytes of a fixed length, expected text"))
    #expect(message("number").contains("\"number\" is int64"))
    #expect(message("price").contains("expected text; columns of text are \"bytes\", \"broken\""))
    #expect(message("byte").contains("no column \"byte\"; columns of text are \"bytes\""))
  }

  @Test(arguments: [
    "", "PAR1", "PAR1PAR1", "not a Parquet file at all", "PAR1\u{0}\u{0}\u{0}\u{0}PAR2",
  ])
  func otherFilesAreRefused(_ text: String) {
    let error = #expect(throws: ParquetError.self) {
      try ParquetFile(MemoryBytes(Array(text.utf8), name: "odd"))
    }
    #expect(error?.description.hasPrefix("odd: not a whole Parquet file: ") == true)
  }

  /// A footer longer than what is read from the end at first.
  @Test func longFooters() throws {
    let column = TestFile.Node(name: String(repeating: "long", count: 40_000), repetition: 0)
    let file = TestFile(column, rows: 1, .data(1, plain(["a"])))
    #expect(file.bytes.count > 200_000)
    #expect(try file.rows() == [["a"]])
  }

  @Test func encryptedFootersAreToldFromBrokenOnes() {
    let bytes = Array("PARE".utf8) + fixed32(0) + Array("PARE".utf8)
    let error = #expect(throws: ParquetError.self) {
      try ParquetFile(MemoryBytes(bytes, name: "secret"))
    }
    #expect(error == .encrypted(ParquetPlace(file: "secret"), what: "the footer is"))
  }

  @Test func placesAreNamed() {
    let place = ParquetPlace(file: "a.parquet", rowGroup: 3, column: "text", pageOffset: 70)
    #expect(place.description == "a.parquet: row group 3, column \"text\", page at byte 70")
    #expect(
      ParquetError.invalidUTF8(place, row: 5, byteOffset: 2).description
        == "a.parquet: row group 3, column \"text\", page at byte 70: row 5: invalid UTF-8 at "
        + "byte 2 of the text; mend the row, or skip malformed rows")
  }
}
