import Files
import Parquet

extension FuzzTarget {
  /// Every text column of every row group, in values and in batches, from the start and from within.
  static let parquet = FuzzTarget(
    "parquet", words: ["PAR1", "\u{15}", "list", "element", "key_value", "schema"],
    seeds: { try SeedFiles.fixtures(of: "Parquet", suffix: ".parquet") },
    body: { bytes in
      var limits = ParquetLimits()
      limits.pageByteCount = 4 << 20
      limits.listValueCount = 1 << 16
      limits.listByteCount = 4 << 20
      let file = try ParquetFile(MemoryBytes(bytes, name: "input"), limits: limits)
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
}
