import Files
import Foundation
import Parquet

/// Files of the project's own making; see `Fixtures/make_fixtures.py`.
enum Fixture {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  /// All of them, by name.
  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".parquet") }.sorted()

  static func path(_ name: String) -> String { "\(folder)/\(name)" }

  static func open(_ name: String) throws -> ParquetFile {
    try ParquetFile(FileBytes(path: path(name)))
  }

  /// The values of the table that most fixtures hold: for each column, its rows, each of them a text,
  /// null, or a list of either.
  static func values() throws -> [String: [[String?]]] {
    let data = try Data(contentsOf: URL(filePath: path("values.json")))
    let columns = try JSONDecoder().decode([String: [Row]].self, from: data)
    return columns.mapValues { $0.map(\.values) }
  }

  private struct Row: Decodable {
    var values: [String?]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        values = [nil]
      } else if let text = try? container.decode(String.self) {
        values = [text]
      } else {
        values = try container.decode([String?].self)
      }
    }
  }
}

/// The next row as texts; a column that is no list has one, or nil.
func nextRow(_ reader: TextColumnReader) throws -> [String?]? {
  // Not empty, so that a reader that writes at the front is found out.
  var text: [UInt8] = [0x7E]
  switch try reader.next(appendingTo: &text) {
  case nil: return nil
  case .null?: return [nil]
  case .text(let count)?:
    precondition(text.count == 1 + count && text[0] == 0x7E)
    return [String(decoding: text.dropFirst(), as: UTF8.self)]
  case .list(let counts)?:
    var rest = text.dropFirst()
    let texts = counts.map { count -> String? in
      count.map { count in
        defer { rest = rest.dropFirst(count) }
        return String(decoding: rest.prefix(count), as: UTF8.self)
      }
    }
    precondition(rest.isEmpty)
    return texts
  }
}

/// The rows from where a reader stands to its row group's end.
func rest(_ reader: TextColumnReader) throws -> [[String?]] {
  var rows: [[String?]] = []
  while let row = try nextRow(reader) { rows.append(row) }
  return rows
}

/// All rows of a column.
func allRows(of file: ParquetFile, _ path: String, stretch: Int = 1 << 20) throws -> [[String?]] {
  let reader = try file.texts(of: file.textColumn(path), stretch: stretch)
  return try file.rowGroups.indices.flatMap { group in
    try reader.seek(toRowGroup: group)
    return try rest(reader)
  }
}

/// The same by batches.
func rowsByBatches(of file: ParquetFile, _ path: String) throws -> [[String?]] {
  let reader = try file.texts(of: file.textColumn(path))
  var rows: [[String?]] = []
  for group in file.rowGroups.indices {
    try reader.seek(toRowGroup: group)
    let before = rows.count
    while let batch = try reader.nextBatch() {
      for index in 0..<batch.count {
        if batch.startsRow(index) { rows.append([]) }
        if index == 0 { precondition(before + batch.firstRow == rows.count - 1) }
        switch batch[index] {
        case .text(let bytes): rows[rows.count - 1].append(String(decoding: bytes, as: UTF8.self))
        case .null: rows[rows.count - 1].append(nil)
        case .noElement: break
        }
      }
    }
  }
  return rows
}

/// Random numbers that are the same each time (SplitMix64).
struct TestRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
