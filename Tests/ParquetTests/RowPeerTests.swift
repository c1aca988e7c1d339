import Files
import Foundation
import Parquet
import TestSupport
import Testing

/// Whole rows of other writers' files, where they lie beside the checkout, against what pyarrow
/// reads from them.
///
/// `Fixtures/make_row_expectations.py` made the expectations, with pyarrow 26.0.1.
@Suite struct RowPeerTests {
  private static let testing = "data/formats/parquet-testing"
  private static let benchmarks = "data/benchmarks"

  private struct Expectations: Decodable {
    struct File: Decodable, Equatable {
      var rows: Int
      var crc32: UInt32
    }
    var testing: [String: File]
    var benchmarks: [String: File]
  }

  private static func expectations() throws -> Expectations {
    try JSONDecoder().decode(
      Expectations.self,
      from: Data(contentsOf: URL(filePath: Fixture.path("row-expectations.json"))))
  }

  private static func summary(_ path: String) throws -> Expectations.File {
    let reader = try ParquetFile(FileBytes(path: path)).rows()
    var checksum = Checksum()
    var count = 0
    while let row = try reader.next() {
      (digest(row) + Array("\n".utf8)).withUnsafeBytes { checksum.append($0) }
      count += 1
    }
    return Expectations.File(rows: count, crc32: checksum.value)
  }

  /// The Parquet files under a folder, by their paths in it.
  private static func files(in folder: String) -> [String] {
    (FileManager.default.enumerator(atPath: SharedData.path(folder))?.allObjects as? [String] ?? [])
      .filter { $0.hasSuffix(".parquet") }.sorted()
  }

  @Test(.enabled(if: SharedData.has(benchmarks), "no benchmarks"))
  func benchmarksAreReadAsPyarrowReadsThem() throws {
    let expectations = try Self.expectations().benchmarks
    let files = Self.files(in: Self.benchmarks)
    #expect(!files.isEmpty)
    for name in files {
      let found = try Self.summary(SharedData.path("\(Self.benchmarks)/\(name)"))
      #expect(found == expectations[name], "\(name)")
    }
  }

  @Test(.enabled(if: SharedData.has(testing), "no parquet-testing files"))
  func typesEncodingsAndNestingAreReadAsPyarrowReadsThem() throws {
    let expectations = try Self.expectations().testing
    var compared = 0
    for (name, expected) in expectations.sorted(by: { $0.key < $1.key }) {
      do {
        let found = try Self.summary(SharedData.path("\(Self.testing)/\(name)"))
        #expect(found == expected, "\(name)")
        compared += 1
      } catch {
        Issue.record("\(name): \(error)")
      }
    }
    #expect(compared > 50)
  }

  /// Timestamps of 96 bits: nanoseconds of a day in eight bytes, a Julian day in four.
  @Test(.enabled(if: SharedData.has(testing), "no parquet-testing files"))
  func timestampsOf96BitsAreTheirBytes() throws {
    let path = SharedData.path("\(Self.testing)/data/int96_from_spark.parquet")
    let microseconds = try rows(of: ParquetFile(FileBytes(path: path))).map { row -> Int? in
      guard case .bytes(let bytes) = row[0].value else { return nil }
      func number(_ range: Range<Int>) -> Int {
        bytes[range].reversed().reduce(0) { $0 << 8 | Int($1) }
      }
      // Spark lets the last one pass both ranges.
      let day = Int(Int32(truncatingIfNeeded: number(8..<12))) - 2_440_588
      return day &* 86_400_000_000 &+ number(0..<8) / 1_000
    }
    // As the file's description has them.
    #expect(
      microseconds == [
        1_704_141_296_123_456, 1_704_070_800_000_000, 253_402_225_200_000_000,
        1_735_599_600_000_000, nil, 9_089_380_393_200_000_000,
      ])
  }

  /// pyarrow refuses a map whose keys may be missing; here it is read as it is written.
  @Test(.enabled(if: SharedData.has(testing), "no parquet-testing files"))
  func aMapWithOptionalKeysIsRead() throws {
    let path = SharedData.path("\(Self.testing)/data/incorrect_map_schema.parquet")
    let rows = try rows(of: ParquetFile(FileBytes(path: path)))
    #expect(
      String(decoding: digest(rows[0]), as: UTF8.self)
        == "{my_map=[{key=s6:parent;value=s7:another};{key=s4:name;value=s6:report}]}")
  }

  private static let faults = [
    "bad_data/ARROW-GH-41317": "the chunk of \"timestamp_us_no_tz\" is one of another column",
    "bad_data/ARROW-GH-41321": "broken Parquet data",
    "bad_data/ARROW-GH-45185": "broken Parquet data",
    "bad_data/ARROW-GH-47662": "broken Parquet data",
    "bad_data/ARROW-RS-GH-6229-DICTHEADER": "the data end at 291",
    "bad_data/ARROW-RS-GH-6229-LEVELS": "broken Parquet data",
    "bad_data/PARQUET-1481": "a schema element's type is -7",
    "data/datapage_v1-corrupt-checksum": "a page's CRC-32 is ",
    "data/rle-dict-uncompressed-corrupt-checksum": "a page's CRC-32 is ",
  ]

  /// Indices of no bits to a dictionary of one value are in order; one reader crashed on them.
  @Test(.enabled(if: SharedData.has(testing), "no parquet-testing files"))
  func aDictionaryOfOneValueNeedsNoBits() throws {
    let path = SharedData.path("\(Self.testing)/bad_data/ARROW-GH-43605.parquet")
    #expect(try Self.summary(path) == .init(rows: 21_186, crc32: 1_868_067_479))
  }

  @Test(.enabled(if: SharedData.has(testing), "no parquet-testing files"))
  func brokenFilesAreErrors() throws {
    for (name, fault) in Self.faults {
      let error = #expect(throws: ParquetError.self, "\(name)") {
        try Self.summary("\(SharedData.path(Self.testing))/\(name).parquet")
      }
      #expect(
        error?.description.contains(fault) == true,
        "\(name): \(String(describing: error))")
    }
  }
}
