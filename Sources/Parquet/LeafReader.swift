/// A column that rows are put together from: its entries one by one, with their levels.
final class LeafReader {
  let column: ParquetColumn
  private let file: ParquetFile
  private let kind: ValueKind
  private let entries: EntryReader
  private let values: any ValueDecoder
  private var spans = ByteSpans(capacity: EntryReader.batchCapacity)

  private var rowGroup = 0
  /// The batch's entries that were not taken, and its next value.
  private var next = 0
  private var end = 0
  private var nextValue = 0
  /// Where the text that was taken last is not UTF-8.
  private(set) var invalidByteOffset: Int?

  /// - Throws: `Fault.corrupt` where the schema gives the column's values no length.
  init(
    _ column: ParquetColumn, _ element: SchemaElement, of file: ParquetFile, stretch: Int
  ) throws(Fault) {
    self.column = column
    self.file = file
    kind = ValueKind(element, column.physicalType)
    entries = EntryReader(stretch: stretch)
    guard let width = column.valueWidth else {
      values = TextDecoder(dictionary: entries.pages.dictionary)
      return
    }
    guard width > 0 else { throw .corrupt("values of a fixed length of \(width) bytes") }
    values = FixedWidthDecoder(
      column.physicalType, width: width, dictionary: entries.pages.dictionary)
  }

  var place: ParquetPlace {
    ParquetPlace(
      file: file.name, rowGroup: rowGroup, column: column.path,
      pageOffset: entries.pages.pageOffset)
  }

  private func placing<Result>(
    _ body: () throws(Fault) -> Result
  ) throws(ParquetError) -> Result {
    do throws(Fault) { return try body() } catch { throw error.at(place) }
  }

  /// Goes to a row of a row group.
  func seek(toRowGroup rowGroup: Int, row: Int) throws(ParquetError) {
    let chunk = try file.chunk(of: column, rowGroup: rowGroup)
    self.rowGroup = rowGroup
    next = 0
    end = 0
    try placing { () throws(Fault) in
      try entries.start(
        chunk, of: file, column: column, rowCount: file.rowGroups[rowGroup].rowCount,
        startRow: row)
      values.startChunk(file.limits)
    }
  }

  /// Sees to it that there is a next entry; false at the row group's end.
  func fill() throws(ParquetError) -> Bool {
    if next < end { return true }
    return try placing { () throws(Fault) in
      while next == end {
        if entries.isPageRead {
          guard try entries.nextPage() else { return false }
          try values.start(entries.page)
        }
        let batch = try entries.decode(atMost: values.available())
        try values.decode(batch.valueCount, into: spans.starts, spans.counts)
        next = batch.skipped
        end = batch.count
        nextValue = entries.values(in: 0..<next)
      }
      return true
    }
  }

  /// The next entry's definition level; there has to be one.
  var definition: UInt8 { entries.definition[next] }

  /// The next entry's repetition level, or 0 at the row group's end.
  func repetition() throws(ParquetError) -> UInt8 {
    guard column.isRepeated, try fill() else { return 0 }
    return entries.repetition[next]
  }

  /// Takes the next entry, which has no value.
  func passOver() { next += 1 }

  /// Takes the next entry, which has a value; null for text that is not UTF-8.
  ///
  /// - Returns: The value, and how many bytes it was made of.
  func take() -> (value: ParquetValue, byteCount: Int) {
    let bytes = UnsafeRawBufferPointer(
      start: values.base.map { $0 + Int(spans.starts[nextValue]) },
      count: Int(spans.counts[nextValue]))
    next += 1
    nextValue += 1
    let value = kind.value(bytes)
    invalidByteOffset = value == nil ? firstInvalidUTF8Offset(bytes) ?? 0 : nil
    return (value ?? .null, bytes.count)
  }
}
