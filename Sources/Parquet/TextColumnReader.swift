import Files

/// Reads the texts of one column, row group by row group.
///
/// It starts at the first row of the first row group, or where ``seek(toRowGroup:row:)`` says, and
/// stops at that row group's end; buffers and decompressors serve from one row group to the next.
/// Only the column's own bytes are read. A fault ends the reading of a row group, except for text
/// that is not UTF-8, behind which it can go on.
public final class TextColumnReader {
  public private(set) var column: ParquetColumn
  private var file: ParquetFile
  private let entries: EntryReader
  private let texts: TextDecoder
  private var spans = ByteSpans(capacity: EntryReader.batchCapacity)

  /// The row group that is being read.
  public private(set) var rowGroup = 0
  /// The entries decoded and not yet given.
  private var batch = 0..<0
  private var rowAtBatchStart = 0
  private var batchHasInvalidTexts = false
  private var failure: ParquetError?

  init(file: ParquetFile, column: ParquetColumn, stretch: Int) {
    self.file = file
    self.column = column
    entries = EntryReader(stretch: stretch)
    texts = TextDecoder(dictionary: entries.pages.dictionary)
    move(to: column, of: file)
  }

  /// Goes on to a column of another file, or another column, with the memory that this one took.
  ///
  /// For files of a few MB that is as much time as reading them takes.
  public func move(to column: ParquetColumn, of file: ParquetFile) {
    self.file = file
    self.column = column
    rowGroup = 0
    forget()
    guard !file.rowGroups.isEmpty else { return }
    // A first row group that cannot be read is told of when it is, and leaves the others readable.
    do throws(ParquetError) { try seek(toRowGroup: 0) } catch { failure = error }
  }

  private func forget() {
    entries.reset()
    batch = 0..<0
    failure = nil
  }

  /// The row of the row group that ``next(appendingTo:)`` gives next: what a saved place needs.
  public var row: Int { batch.isEmpty ? entries.rowBehind : rowAtBatchStart }

  /// Goes to a row of a row group; the row behind its last one is its end.
  ///
  /// Pages before it are passed over by their headers where those say how many rows they have.
  public func seek(toRowGroup rowGroup: Int, row: Int = 0) throws(ParquetError) {
    let chunk = try file.textChunk(of: column, rowGroup: rowGroup)
    let rowCount = file.rowGroups[rowGroup].rowCount
    guard (0...rowCount).contains(row) else {
      throw .missingRow(
        ParquetPlace(file: file.name, rowGroup: rowGroup), row: row, count: rowCount)
    }
    self.rowGroup = rowGroup
    forget()
    try placing { () throws(Fault) in
      try entries.start(chunk, of: file, column: column, rowCount: rowCount, startRow: row)
      texts.startChunk(file.limits)
    }
  }

  /// The next entries, as many as are at hand, or nil at the row group's end.
  ///
  /// - Throws: ``ParquetError``; after `invalidUTF8` the next call gives what comes after that text.
  public func nextBatch() throws(ParquetError) -> TextBatch? {
    guard try fill() else { return nil }
    var end = batch.upperBound
    if batchHasInvalidTexts {
      end = batch.first { spans.starts[$0] == ByteSpans.invalid } ?? end
      if end == batch.lowerBound { throw takeInvalid() }
    }
    let start = batch.lowerBound
    batch = end..<batch.upperBound
    let row = rowAtBatchStart
    advanceRow(over: start..<end)
    return TextBatch(
      count: end - start, firstRow: row, base: texts.base,
      starts: UnsafePointer(spans.starts + start), counts: UnsafePointer(spans.counts + start),
      repetition: column.isRepeated ? UnsafePointer(entries.repetition + start) : nil)
  }

  /// Appends the text or texts of the next row, one after the other; nil at the row group's end.
  ///
  /// - Throws: ``ParquetError``, with `text` as it was before; after `invalidUTF8` the next call
  ///   gives the row after that one.
  public func next(appendingTo text: inout [UInt8]) throws(ParquetError) -> TextRow? {
    if column.isRepeated { return try nextList(appendingTo: &text) }
    guard try fill() else { return nil }
    let index = batch.lowerBound
    let start = spans.starts[index]
    if start == ByteSpans.invalid { throw takeInvalid() }
    batch = batch.dropFirst()
    rowAtBatchStart += 1
    if start == ByteSpans.null { return .null }
    let bytes = self.bytes(index)
    text.append(contentsOf: bytes)
    return .text(byteCount: bytes.count)
  }

  private func nextList(appendingTo text: inout [UInt8]) throws(ParquetError) -> TextRow? {
    let before = text.count
    var byteCounts: [Int?] = []
    var isFirst = true
    var invalid: ParquetError?
    do throws(ParquetError) {
      while try fill(), isFirst || entries.repetition[batch.lowerBound] > 0 {
        isFirst = false
        let index = batch.lowerBound
        switch spans.starts[index] {
        case ByteSpans.invalid:
          let error = takeInvalid()
          invalid = invalid ?? error
          continue
        case ByteSpans.noElement: break
        case ByteSpans.null: byteCounts.append(nil)
        default:
          let bytes = self.bytes(index)
          text.append(contentsOf: bytes)
          byteCounts.append(bytes.count)
        }
        batch = batch.dropFirst()
        advanceRow(over: index..<index + 1)
        try check(
          byteCounts.count, file.limits.listValueCount, "the number of values of a row")
        try check(text.count - before, file.limits.listByteCount, "the text of a row")
      }
      if let invalid { throw invalid }
    } catch {
      text.removeLast(text.count - before)
      throw error
    }
    return isFirst ? nil : .list(byteCounts: byteCounts)
  }

  private func check(_ found: Int, _ limit: Int, _ what: String) throws(ParquetError) {
    guard found > limit else { return }
    let error = ParquetError.tooLarge(place, what: what, limit: limit, found: found)
    failure = error
    throw error
  }
}

// MARK: - Entries

extension TextColumnReader {
  private var place: ParquetPlace {
    ParquetPlace(
      file: file.name, rowGroup: rowGroup, column: column.path, pageOffset: entries.pages.pageOffset
    )
  }

  private func placing<Result>(
    _ body: () throws(Fault) -> Result
  ) throws(ParquetError) -> Result {
    if let failure { throw failure }
    do throws(Fault) {
      return try body()
    } catch {
      let placed = error.at(place)
      failure = placed
      throw placed
    }
  }

  private func bytes(_ index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: texts.base.map { $0 + Int(spans.starts[index]) }, count: Int(spans.counts[index]))
  }

  /// Passes over a text that is not UTF-8, and tells of it.
  private func takeInvalid() -> ParquetError {
    let index = batch.lowerBound
    batch = batch.dropFirst()
    let row = rowAtBatchStart
    advanceRow(over: index..<index + 1)
    return .invalidUTF8(place, row: row, byteOffset: Int(spans.counts[index]))
  }

  /// Counts the rows of entries that were given: `rowAtBatchStart` is that of the next one.
  private func advanceRow(over range: Range<Int>) {
    guard column.isRepeated else {
      rowAtBatchStart += range.count
      return
    }
    for index in range where index + 1 < batch.upperBound && entries.repetition[index + 1] == 0 {
      rowAtBatchStart += 1
    }
  }

  /// Sees to it that there are entries in the batch; false at the row group's end.
  private func fill() throws(ParquetError) -> Bool {
    if !batch.isEmpty { return true }
    return try placing { () throws(Fault) in
      while batch.isEmpty {
        if entries.isPageRead {
          guard try entries.nextPage() else { return false }
          try texts.start(entries.page)
        }
        try decodeBatch()
      }
      return true
    }
  }

  /// Decodes the page's next entries, and drops those of rows before the first one wanted.
  private func decodeBatch() throws(Fault) {
    let next = try entries.decode(atMost: texts.available())
    let isKnownValid = try texts.decode(next.valueCount, into: spans.starts, spans.counts)
    if next.valueCount < next.count { spread(next.valueCount, over: next.count) }
    rowAtBatchStart = next.row
    batch = next.skipped..<next.count
    batchHasInvalidTexts = false
    if !isKnownValid { markInvalidTexts() }
  }

  /// Moves the texts decoded to the entries that have one.
  private func spread(_ textCount: Int, over count: Int) {
    let levels = column.levels
    let definition = entries.definition
    var text = textCount
    for index in (0..<count).reversed() {
      if definition[index] == levels.maximumDefinition {
        text -= 1
        spans.starts[index] = spans.starts[text]
        spans.counts[index] = spans.counts[text]
      } else {
        spans.starts[index] =
          definition[index] < levels.elementDefinition ? ByteSpans.noElement : ByteSpans.null
      }
    }
  }

  /// Looks at each text by itself; only entries that will be given count.
  private func markInvalidTexts() {
    for index in batch where spans.starts[index] < ByteSpans.invalid {
      guard let offset = firstInvalidUTF8Offset(bytes(index)) else { continue }
      spans.starts[index] = ByteSpans.invalid
      spans.counts[index] = UInt32(truncatingIfNeeded: offset)
      batchHasInvalidTexts = true
    }
  }
}
