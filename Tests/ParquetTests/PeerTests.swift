import Files
import Foundation
import Parquet
import TestSupport
import Testing

/// Files of other writers, where they lie beside the checkout, against what pyarrow reads from them.
///
/// `Fixtures/make_expectations.py` made the expectations, with pyarrow 26.0.1.
@Suite struct PeerTests {
  private static let testing = "data/formats/parquet-testing"
  private static let paragraphs = "data/corpora/paragraphs"

  private struct Expectations: Decodable {
    struct Column: Decodable {
      var rows: Int
      var crc32: UInt32
    }
    var pyarrow: String
    var files: [String: [String: Column]]
  }

  private static func expectations() throws -> Expectations {
    try JSONDecoder().decode(
      Expectations.self, from: Data(contentsOf: URL(filePath: Fixture.path("expectations.json"))))
  }

  /// The rows and their CRC-32, as `make_expectations.py` says.
  private static func summary(
    _ file: ParquetFile, _ path: String
  ) throws -> (rows: Int, crc32: UInt32) {
    let reader = try file.texts(of: file.textColumn(path))
    var checksum = Checksum()
    var rows = 0
    for group in file.rowGroups.indices {
      try reader.seek(toRowGroup: group)
      while let row = try encodedRow(reader) {
        row.withUnsafeBytes { checksum.append($0) }
        rows += 1
      }
    }
    return (rows, checksum.value)
  }

  private static func encodedRow(_ reader: TextColumnReader) throws -> [UInt8]? {
    var text: [UInt8] = []
    func entry(_ count: Int?) -> [UInt8] {
      guard let count else { return Array("N".utf8) }
      defer { text.removeFirst(count) }
      return Array("T".utf8) + fixed32(count) + text.prefix(count)
    }
    do throws(ParquetError) {
      switch try reader.next(appendingTo: &text) {
      case nil: return nil
      case .null?: return Array("N.".utf8)
      case .text(let count)?: return entry(count) + Array(".".utf8)
      case .list(let counts)?: return counts.flatMap(entry) + Array(".".utf8)
      }
    } catch {
      guard error.concernsOneRow else { throw error }
      return Array("X.".utf8)
    }
  }

  @Test(.enabled(if: SharedData.has(testing), "no parquet-testing files"))
  func valuesAreThosePyarrowReads() throws {
    let expectations = try Self.expectations()
    var compared = 0
    var notClaimed: [String] = []
    for (name, columns) in expectations.files {
      let folder = name.hasPrefix("paragraphs-") ? Self.paragraphs : "\(Self.testing)/data"
      let path = SharedData.path("\(folder)/\(name)")
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let file = try ParquetFile(FileBytes(path: path))
      for (column, expected) in columns {
        guard (try? file.textColumn(column)) != nil else {
          notClaimed.append("\(name): \(column)")
          continue
        }
        let found = try Self.summary(file, column)
        #expect(found.rows == expected.rows, "\(name), \(column)")
        #expect(found.crc32 == expected.crc32, "\(name), \(column)")
        compared += 1
      }
    }
    #expect(compared > 50)
    // Bytes of a kind that is not known are not taken for text.
    #expect(notClaimed == ["unknown-logical-type.parquet: column with unknown type"])
  }

  /// Each column that the reader claims is one that pyarrow reads too, or has its reason here.
  @Test(.enabled(if: SharedData.has(testing), "no parquet-testing files"))
  func noColumnIsLeftOut() throws {
    let expectations = try Self.expectations()
    let reasons = [
      "large_string_map.brotli.parquet: arr.key_value.key": "2 GiB, see below",
      "rle-dict-uncompressed-corrupt-checksum.parquet: binary_field": "broken, see below",
      "incorrect_map_schema.parquet: my_map.key_value.key": "pyarrow refuses the schema",
      "incorrect_map_schema.parquet: my_map.key_value.value": "pyarrow refuses the schema",
    ]
    let folder = SharedData.path("\(Self.testing)/data")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    where name.hasSuffix(".parquet") {
      let file = try ParquetFile(FileBytes(path: "\(folder)/\(name)"))
      for column in file.columns {
        guard (try? file.textColumn(column.path)) != nil else { continue }
        #expect(
          expectations.files[name]?[column.path] != nil
            || reasons["\(name): \(column.path)"] != nil, "\(name): \(column.path)")
      }
    }
  }

  /// What is found wrong in each file. Where the fault is in a column of another kind, that column
  /// is refused for its kind; `LyingFileTests` has the same faults in columns of text.
  private static let faults = [
    "bad_data/ARROW-GH-41317": "the chunk of \"timestamp_us_no_tz\" is one of another column",
    "bad_data/ARROW-GH-41321": "column \"large_binary\", page at byte 4527: broken Parquet data "
      + "(the data stop short)",
    "bad_data/ARROW-GH-43605": "\"min_fl\" is int32, expected text",
    "bad_data/ARROW-GH-45185": "\"x.list.element\" is int32, expected text",
    "bad_data/ARROW-GH-47662": "\"flba_field\" is bytes of a fixed length, expected text",
    "bad_data/ARROW-RS-GH-6229-DICTHEADER":
      "\"name\" has 322 bytes from 129 on, the data end at 291",
    "bad_data/ARROW-RS-GH-6229-LEVELS": "\"outer.list.item.c\" is int32, expected text",
    "bad_data/PARQUET-1481": "a schema element's type is -7",
    "data/rle-dict-uncompressed-corrupt-checksum": "a page's CRC-32 is ",
  ]

  @Test(.enabled(if: SharedData.has(testing), "no parquet-testing files"))
  func brokenFilesAreErrors() throws {
    let folder = SharedData.path("\(Self.testing)/bad_data")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where name.hasSuffix(".parquet") {
      #expect(Self.faults["bad_data/\(name.dropLast(8))"] != nil, "\(name)")
    }
    for (name, fault) in Self.faults {
      let messages = try Self.messages("\(SharedData.path(Self.testing))/\(name).parquet")
      #expect(messages.contains { $0.contains(fault) }, "\(name): \(messages)")
    }
  }

  private static func messages(_ path: String) throws -> [String] {
    var messages: [String] = []
    do {
      let file = try ParquetFile(MemoryBytes(bytes(at: path), name: path))
      for column in file.columns {
        do { _ = try summary(file, column.path) } catch let error as ParquetError {
          messages.append(error.description)
        }
      }
    } catch let error as ParquetError {
      messages.append(error.description)
    }
    return messages
  }

  @Test(.enabled(if: SharedData.has(testing), "no parquet-testing files"))
  func encryptedFilesAreRefused() throws {
    var footers = 0
    for folder in ["data", "data/aes256"] {
      let path = SharedData.path("\(Self.testing)/\(folder)")
      for name in try FileManager.default.contentsOfDirectory(atPath: path)
      where name.hasSuffix(".encrypted") && !name.hasPrefix("encrypt_columns_plaintext_footer") {
        let error = #expect(throws: ParquetError.self) {
          try ParquetFile(FileBytes(path: "\(path)/\(name)"))
        }
        #expect(error?.description.contains("the footer is encrypted") == true)
        footers += 1
      }
    }
    #expect(footers > 10)
  }

  @Test(.enabled(if: SharedData.has(testing), "no parquet-testing files"))
  func columnsOfAFileWithAPlainFooterAreReadUnlessEncrypted() throws {
    let name = "encrypt_columns_plaintext_footer.parquet.encrypted"
    let folder = SharedData.path("\(Self.testing)/data")
    let plain = try ParquetFile(FileBytes(path: "\(folder)/\(name)"))
    let rows = try allRows(of: plain, "ba_field")
    #expect(rows.count == 50)
    #expect(rows[..<3] == [["parquet000"], [nil], ["parquet002"]])
    let secret = try ParquetFile(FileBytes(path: "\(folder)/aes256/\(name)"))
    let error = #expect(throws: ParquetError.self) { try allRows(of: secret, "ba_field") }
    #expect(error?.description.contains("column \"ba_field\": the column is encrypted") == true)
  }

  /// A few bytes of it stand for 2 GiB.
  @Test(.enabled(if: SharedData.has(testing), "no parquet-testing files"))
  func memoryHasALimit() throws {
    let path = SharedData.path("\(Self.testing)/data/large_string_map.brotli.parquet")
    var limits = ParquetLimits()
    limits.pageByteCount = 1 << 20
    let file = try ParquetFile(FileBytes(path: path), limits: limits)
    let error = #expect(throws: ParquetError.self) { try allRows(of: file, "arr.key_value.key") }
    #expect(
      error?.description.contains("a page takes 1073741828, the limit is 1048576") == true,
      "\(String(describing: error))")
  }

  @Test(.enabled(if: SharedData.has(paragraphs), "no paragraphs"))
  func sixCodecsHoldTheSameText() throws {
    let folder = SharedData.path(Self.paragraphs)
    let sums = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".parquet") }
      .map { try Self.summary(ParquetFile(FileBytes(path: "\(folder)/\($0)")), "text").crc32 }
    #expect(sums.count == 6)
    #expect(Set(sums).count == 1)
  }
}
