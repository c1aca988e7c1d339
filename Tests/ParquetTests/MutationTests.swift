import Files
import Foundation
import Parquet
import Testing

/// Damaged files give values or errors, whatever was damaged; that neither crashes nor hangs is what
/// is tested here.
@Suite struct MutationTests {
  /// Reads all that claims to be text, and whole rows, up to a number of rows that no fixture has.
  ///
  /// A damaged footer can tell of a million rows of nulls, which take no bytes: they are allowed.
  private static func readAll(_ bytes: [UInt8]) -> (values: Int, error: ParquetError?) {
    var values = 0
    var limits = ParquetLimits()
    limits.pageByteCount = 1 << 20
    limits.listValueCount = 1 << 16
    limits.listByteCount = 1 << 20
    var first: ParquetError?
    do throws(ParquetError) {
      let file = try ParquetFile(MemoryBytes(bytes, name: "damaged"), limits: limits)
      do throws(ParquetError) {
        let reader = try file.rows(from: file.rowCount / 3, stretch: 100)
        for _ in 0..<2_000 {
          guard try reader.next() != nil else { break }
          values += 1
        }
      } catch {
        first = error
      }
      var text: [UInt8] = []
      for column in file.columns {
        for group in file.rowGroups.indices {
          do throws(ParquetError) {
            let reader = try file.texts(of: file.textColumn(column.path), stretch: 100)
            try reader.seek(toRowGroup: group, row: file.rowGroups[group].rowCount / 3)
            for _ in 0..<5_000 {
              text.removeAll(keepingCapacity: true)
              guard try reader.next(appendingTo: &text) != nil else { break }
              #expect(String(validating: text, as: UTF8.self) != nil)
              values += 1
            }
          } catch {
            first = first ?? error
          }
        }
      }
    } catch {
      first = error
    }
    return (values, first)
  }

  private static func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(filePath: Fixture.path(name))))
  }

  @Test(arguments: Fixture.names) func flippedBytes(_ name: String) throws {
    let original = try Self.bytes(name)
    var random = TestRandom(state: UInt64(original.count))
    var failures = 0
    // The footer is a third of these files, and most of what can be wrong.
    for _ in 0..<150 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        bytes[place] =
          Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random)
          : bytes[place] ^ 1 << UInt8.random(in: 0..<8, using: &random)
      }
      if Self.readAll(bytes).error != nil { failures += 1 }
    }
    #expect(failures > 0)
  }

  @Test(arguments: Fixture.names) func truncatedFiles(_ name: String) throws {
    let original = try Self.bytes(name)
    var random = TestRandom(state: UInt64(original.count))
    for _ in 0..<30 {
      let count = Int.random(in: 0..<original.count, using: &random)
      #expect(Self.readAll(Array(original[..<count])).error != nil)
    }
  }

  /// What is cut out of the middle moves all that follows, but the ends are right.
  @Test(arguments: Fixture.names) func missingStretches(_ name: String) throws {
    let original = try Self.bytes(name)
    var random = TestRandom(state: UInt64(original.count))
    for _ in 0..<30 {
      var bytes = original
      let first = Int.random(in: 4..<bytes.count - 8, using: &random)
      bytes.removeSubrange(
        first..<min(bytes.count - 8, first + Int.random(in: 1...40, using: &random)))
      _ = Self.readAll(bytes)
    }
  }

  @Test(arguments: ["v1-none.parquet", "v1-zstd.parquet", "v2-none.parquet"])
  func checksumsFindDamagedPages(_ name: String) throws {
    let original = try Self.bytes(name)
    let values = try Fixture.values()
    let footer = original.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    var random = TestRandom(state: 5)
    for _ in 0..<200 {
      var bytes = original
      // Only the data: the footer has no checksum.
      bytes[Int.random(in: 4..<bytes.count - 8 - footer, using: &random)] ^= 0x10
      let file = try ParquetFile(MemoryBytes(bytes, name: "damaged"))
      for (path, expected) in values {
        do {
          #expect(try allRows(of: file, path) == expected)
        } catch is ParquetError {}
      }
    }
  }
}
