/// What the footer says of the file: its columns, and where each of their chunks lies.
struct FileMetadata {
  let schema: SchemaTree
  let rowGroups: [RowGroupMetadata]
  /// How many bytes chunks may be longer than they are said to be.
  private let chunkSlack: Int
  private let dataEnd: Int

  /// Reads a footer.
  ///
  /// - Parameter dataEnd: Where the footer starts, which no chunk may pass.
  init(_ footer: UnsafeRawBufferPointer, dataEnd: Int) throws(Fault) {
    self.dataEnd = dataEnd
    var reader = ThriftReader(footer)
    var rowCount: Int?
    var chunkSlack = 0
    var schema: SchemaTree?
    var groups: [RowGroupMetadata]?
    try reader.structure { (reader, number, kind) throws(Fault) in
      switch number {
      case 2:
        guard schema == nil else { throw .corrupt("the footer has two schemas") }
        var elements: [SchemaElement] = []
        try reader.list(kind) { (reader, kind) throws(Fault) in
          try Self.expectStructure(kind)
          elements.append(try SchemaElement(&reader))
        }
        schema = try SchemaTree(elements)
      case 3: rowCount = try reader.int64(kind)
      case 4:
        guard let schema else { throw .corrupt("the row groups stand before the schema") }
        var found: [RowGroupMetadata] = []
        try reader.list(kind) { (reader, kind) throws(Fault) in
          try Self.expectStructure(kind)
          found.append(try RowGroupMetadata(&reader, columns: schema.columns, dataEnd: dataEnd))
        }
        groups = found
      case 6:
        if Self.leavesOutDictionaryHeader(try reader.binary(kind)) { chunkSlack = 100 }
      default: try reader.skip(kind)
      }
    }
    guard let schema else { throw .corrupt("the footer has no schema") }
    guard let groups else { throw .corrupt("the footer has no list of row groups") }
    self.schema = schema
    self.chunkSlack = chunkSlack
    rowGroups = groups
    var sum = 0
    for group in groups {
      let (next, overflow) = sum.addingReportingOverflow(group.rowCount)
      guard !overflow else { throw .corrupt("the row groups have more than 2⁶³ rows") }
      sum = next
    }
    // Some writers leave it at 0; where they do not, a part of the footer may be missing.
    guard rowCount == nil || rowCount == 0 || rowCount == sum else {
      throw .corrupt("the file has \(rowCount ?? 0) rows, its row groups have \(sum)")
    }
  }

  /// Whether a writer is parquet-mr before 1.2.9, which counted chunks without the header of their
  /// dictionary (PARQUET-816), so that up to 100 bytes more belong to them.
  private static func leavesOutDictionaryHeader(_ writer: UnsafeRawBufferPointer) -> Bool {
    let words = String(decoding: writer, as: UTF8.self).split(separator: " ")
    guard words.first == "parquet-mr" else { return false }
    guard words.count >= 3, words[1] == "version" else { return true }
    let numbers = words[2].split { !$0.isNumber }.prefix(3).map { Int($0) ?? 0 }
    return numbers.lexicographicallyPrecedes([1, 2, 9])
  }

  /// Where a column's values in a row group lie.
  func chunk(column: Int, rowGroup: Int) -> ColumnChunk {
    rowGroups[rowGroup].chunks[column].extended(by: chunkSlack, upTo: dataEnd)
  }

  static func expectStructure(_ kind: ThriftReader.Kind) throws(Fault) {
    guard kind == .structure else { throw .corrupt("a list of \(kind), expected structures") }
  }
}

/// A row group: some rows of the table, a chunk for each column.
struct RowGroupMetadata {
  private(set) var rowCount = 0
  /// What its chunks take in the file.
  private(set) var byteCount = 0
  /// A chunk for each column.
  private(set) var chunks: [ColumnChunk] = []

  init(
    _ reader: inout ThriftReader, columns: [ParquetColumn], dataEnd: Int
  ) throws(Fault) {
    var rows: Int?
    var valueCounts: [(column: Int, count: Int)] = []
    try reader.structure { (reader, number, kind) throws(Fault) in
      switch number {
      case 1:
        try reader.list(kind) { (reader, kind) throws(Fault) in
          try FileMetadata.expectStructure(kind)
          guard chunks.count < columns.count else {
            throw .corrupt("a row group has more chunks than there are columns")
          }
          let column = columns[chunks.count]
          let chunk = try ColumnChunk(&reader, column: column, dataEnd: dataEnd)
          byteCount = byteCount.addingReportingOverflow(chunk.byteRange.count).partialValue
          if !column.isRepeated, !chunk.isEncrypted {
            valueCounts.append((column.index, chunk.valueCount))
          }
          chunks.append(chunk)
        }
      case 3: rows = try reader.int64(kind)
      default: try reader.skip(kind)
      }
    }
    guard let rows, rows >= 0 else {
      throw .corrupt("a row group has \(rows.map(String.init) ?? "no number of") rows")
    }
    guard chunks.count == columns.count else {
      throw .corrupt("a row group has \(chunks.count) chunks for \(columns.count) columns")
    }
    for (index, count) in valueCounts where count != rows {
      throw .corrupt(
        "a row group has \(rows) rows, its column \"\(columns[index].path)\" has \(count) values")
    }
    rowCount = rows
  }
}

/// The values of one column in one row group.
struct ColumnChunk {
  private(set) var codec = 0
  private(set) var valueCount = 0
  private(set) var byteRange = 0..<0
  /// The file that holds it, if that is another one.
  private(set) var otherFile: String?
  private(set) var isEncrypted = false

  /// The same chunk, up to so many bytes longer.
  func extended(by slack: Int, upTo dataEnd: Int) -> ColumnChunk {
    var chunk = self
    let end = max(byteRange.upperBound, min(byteRange.upperBound + slack, dataEnd))
    chunk.byteRange = byteRange.lowerBound..<end
    return chunk
  }

  init(
    _ reader: inout ThriftReader, column: ParquetColumn, dataEnd: Int
  ) throws(Fault) {
    var hasMetadata = false
    try reader.structure { (reader, number, kind) throws(Fault) in
      switch number {
      case 1: otherFile = try reader.text(kind)
      case 3:
        try readMetadata(&reader, kind, column: column, dataEnd: dataEnd)
        hasMetadata = true
      case 8:
        isEncrypted = true
        try reader.skip(kind)
      default: try reader.skip(kind)
      }
    }
    guard hasMetadata || isEncrypted else {
      throw .corrupt("the chunk of \"\(column.path)\" has no metadata")
    }
    if otherFile?.isEmpty == true { otherFile = nil }
  }

  private mutating func readMetadata(
    _ reader: inout ThriftReader, _ kind: ThriftReader.Kind, column: ParquetColumn, dataEnd: Int
  ) throws(Fault) {
    var type: Int?
    var codec: Int?
    var valueCount: Int?
    var byteCount: Int?
    var dataOffset: Int?
    var dictionaryOffset: Int?
    var depth = 0
    var pathIsRight = true
    try reader.structure(kind) { (reader, number, kind) throws(Fault) in
      switch number {
      case 1: type = try reader.int32(kind)
      case 3:
        depth = 0
        try reader.list(kind) { (reader, kind) throws(Fault) in
          let name = try reader.binary(kind)
          if depth >= column.names.count || !name.elementsEqual(column.names[depth].utf8) {
            pathIsRight = false
          }
          depth += 1
        }
      case 4: codec = try reader.int32(kind)
      case 5: valueCount = try reader.int64(kind)
      case 7: byteCount = try reader.int64(kind)
      case 9: dataOffset = try reader.int64(kind)
      case 11: dictionaryOffset = try reader.int64(kind)
      default: try reader.skip(kind)
      }
    }
    guard let type, let codec, let valueCount, let byteCount, let dataOffset else {
      throw .corrupt("the chunk of \"\(column.path)\" lacks its type, codec, size or place")
    }
    guard type == column.physicalType.rawValue, pathIsRight, depth == column.names.count else {
      throw .corrupt("the chunk of \"\(column.path)\" is one of another column")
    }
    guard valueCount >= 0 else {
      throw .corrupt("the chunk of \"\(column.path)\" has \(valueCount) values")
    }
    // Some writers set the dictionary's place to 0 where there is none.
    var start = dataOffset
    if let dictionaryOffset, dictionaryOffset > 0, dictionaryOffset < start {
      start = dictionaryOffset
    }
    // Where another file holds it, that file's size decides; it is not read here.
    guard start >= 0, byteCount >= 0, start <= Int.max - byteCount,
      otherFile?.isEmpty == false || start + byteCount <= dataEnd
    else {
      throw .corrupt(
        "the chunk of \"\(column.path)\" has \(byteCount) bytes from \(start) on, "
          + "the data end at \(dataEnd)")
    }
    self.codec = codec
    self.valueCount = valueCount
    byteRange = start..<start + byteCount
  }
}
