import Files
import Parquet

extension FuzzTarget {
  /// Every text column of every row group, in values and in batches, from the start and from within.
  static let parquet = FuzzTarget(
    "parquet", words: ["PAR1", "\u{15}", "list", "element", "key_value", "schema"],
    seeds: { try SeedFiles.fixtures(of: "Parquet", suffix: ".parquet") },
    body: { bytes in
      let file = try smallParquetFile(bytes)
      for column in file.columns.prefix(8) {
        for group in file.rowGroups.indices.prefix(4) {
          // One broken column says nothing of the next.
          try? readValues(of: column.path, from: group, of: file)
          try? readBatches(of: column.path, from: group, of: file)
        }
      }
    })

  private static func readValues(
    of path: String, from group: Int, of file: ParquetFile
  ) throws(ParquetError) {
    let reader = try file.texts(of: file.textColumn(path), stretch: 100)
    try reader.seek(toRowGroup: group, row: file.rowGroups[group].rowCount / 3)
    var text: [UInt8] = []
    // Rows of nulls take no bytes: a footer can tell of millions.
    for _ in 0..<2_000 {
      text.removeAll(keepingCapacity: true)
      guard try reader.next(appendingTo: &text) != nil else { break }
      promise(String(validating: text, as: UTF8.self) != nil, "values are valid UTF-8")
    }
  }

  private static func readBatches(
    of path: String, from group: Int, of file: ParquetFile
  ) throws(ParquetError) {
    let reader = try file.texts(of: file.textColumn(path))
    try reader.seek(toRowGroup: group)
    for _ in 0..<64 {
      guard let batch = try reader.nextBatch() else { break }
      promise(batch.count > 0, "a batch has values")
    }
  }

  private static func smallParquetFile(_ bytes: [UInt8]) throws(ParquetError) -> ParquetFile {
    var limits = ParquetLimits()
    limits.pageByteCount = 4 << 20
    limits.listValueCount = 1 << 16
    limits.listByteCount = 4 << 20
    return try ParquetFile(MemoryBytes(bytes, name: "input"), limits: limits)
  }

  /// Whole rows: all of them from the first on, and the same again from within and of one field.
  static let parquetRows = FuzzTarget(
    "parquet-rows", words: ["PAR1", "\u{15}", "list", "element", "key_value", "array", "_tuple"],
    longestInput: 20 << 10,
    seeds: { try SeedFiles.fixtures(of: "Parquet", suffix: ".parquet") },
    body: { bytes in
      let file = try smallParquetFile(bytes)
      let reader = try file.rows(stretch: 100)
      var rows: [[ParquetValue.Field]] = []
      var fault: ParquetError?
      // Rows of nulls take no bytes: a footer can tell of millions.
      while rows.count < 500 {
        do throws(ParquetError) {
          guard let row = try reader.next() else { break }
          rows.append(row)
        } catch {
          fault = error
          break
        }
        promise(reader.row == rows.count, "rows are counted")
      }
      if rows.count > 1 { try expect(rows, of: file, from: rows.count / 2) }
      if let field = rows.first?.last {
        let names = rows[0].map(\.name)
        if names.firstIndex(of: field.name) == names.count - 1 {
          let one = try file.rows(fields: [field.name])
          for row in rows {
            let found = try one.next()
            promise(equals(found, [row[names.count - 1]]), "fields agree")
          }
        }
      }
      if let fault { throw fault }
    })

  /// A reader that begins within gives the rows that one from the start gave.
  ///
  /// Where a page is broken that the first one read, the second may pass it over, but not the other way
  /// round; texts that depend on the page before are the exception that ends in an error.
  private static func expect(
    _ rows: [[ParquetValue.Field]], of file: ParquetFile, from row: Int
  ) throws(ParquetError) {
    let reader = try file.rows(from: row)
    for row in rows[row...] {
      let found = try reader.next()
      promise(equals(found, row), "rows agree")
    }
  }

  /// Equality for which NaN equals NaN, as the same bits of a file do.
  private static func equals(
    _ found: [ParquetValue.Field]?, _ expected: [ParquetValue.Field]
  ) -> Bool {
    guard let found else { return false }
    return found == expected || "\(found)" == "\(expected)"
  }
}
