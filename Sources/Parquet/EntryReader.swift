/// Reads what surrounds the values of a column chunk: its pages, the levels of their entries, and
/// the rows that those belong to.
///
/// Source of levels: Melnik et al., "Dremel", VLDB 2010.
final class EntryReader {
  /// Entries decoded at a time: few enough to stay in the cache, many enough that what a batch
  /// costs is not seen.
  static let batchCapacity = 1_024

  /// Some entries of a page, the levels of which were decoded.
  struct Batch {
    /// How many they are.
    var count = 0
    /// How many of them belong to rows before the first one wanted.
    var skipped = 0
    /// How many of all have a value.
    var valueCount = 0
    /// The row of the first entry that is wanted.
    var row = 0
  }

  let pages: PageReader
  /// The levels of the batch's entries; repetition levels only where the column lies in a list.
  let definition = UnsafeMutablePointer<UInt8>.allocate(capacity: batchCapacity)
  let repetition = UnsafeMutablePointer<UInt8>.allocate(capacity: batchCapacity)

  private var levels = ColumnLevels()
  private var rowCount = 0
  private var startRow = 0
  private(set) var page = DataPage()
  private var entriesLeftInPage = 0
  /// Rows that begin before the page's next entry.
  private var rowsStarted = 0
  /// Rows that have to begin before the page's end, where the page says so.
  private var rowsAtPageEnd: Int?

  init(stretch: Int) {
    pages = PageReader(stretch: stretch)
    definition.initialize(repeating: 0, count: Self.batchCapacity)
    repetition.initialize(repeating: 0, count: Self.batchCapacity)
  }

  deinit {
    definition.deallocate()
    repetition.deallocate()
  }

  /// Goes to where there are no entries.
  func reset(rowCount: Int = 0, startRow: Int = 0) {
    self.rowCount = rowCount
    self.startRow = startRow
    entriesLeftInPage = 0
    rowsStarted = 0
    rowsAtPageEnd = nil
    pages.reset()
  }

  /// Goes to a row of a row group's chunk.
  func start(
    _ chunk: ColumnChunk, of file: ParquetFile, column: ParquetColumn, rowCount: Int, startRow: Int
  ) throws(Fault) {
    reset(rowCount: rowCount, startRow: startRow)
    levels = column.levels
    try pages.start(chunk, of: file, column: column)
  }

  /// The first row wanted that begins behind all entries decoded.
  var rowBehind: Int { max(startRow, rowsStarted) }
  var isPageRead: Bool { entriesLeftInPage == 0 }

  /// Goes to the next page that has a row that is wanted; false at the chunk's end.
  func nextPage() throws(Fault) -> Bool {
    if let rowsAtPageEnd, rowsStarted != rowsAtPageEnd {
      throw .corrupt("a page has fewer rows than its header says")
    }
    rowsAtPageEnd = nil
    let next = try pages.next { entries, rows in
      guard let rows, rowsStarted + rows <= startRow else { return false }
      rowsStarted += rows
      return true
    }
    guard let next else {
      guard rowsStarted == rowCount else {
        throw .corrupt("the chunk has \(rowsStarted) rows, its row group has \(rowCount)")
      }
      return false
    }
    page = next
    entriesLeftInPage = next.entryCount
    if let rows = next.rowCount { rowsAtPageEnd = rowsStarted + rows }
    return true
  }

  /// Decodes the levels of the page's next entries, as many as there are and not more than `limit`.
  func decode(atMost limit: Int) throws(Fault) -> Batch {
    var batch = Batch(count: min(entriesLeftInPage, Self.batchCapacity, limit))
    if levels.maximumRepetition == 0 {
      batch.skipped = min(batch.count, max(0, startRow - rowsStarted))
      batch.row = rowsStarted + batch.skipped
      rowsStarted += batch.count
    } else {
      try decodeRepetition(&batch)
    }
    let uniform = try page.definition.decode(batch.count, into: definition)
    batch.valueCount = batch.count
    if uniform != levels.maximumDefinition { batch.valueCount = values(in: 0..<batch.count) }
    entriesLeftInPage -= batch.count
    return batch
  }

  /// How many entries of the batch have a value.
  func values(in range: Range<Int>) -> Int {
    var count = 0
    for index in range where definition[index] == levels.maximumDefinition { count += 1 }
    return count
  }

  /// Decodes which entries begin rows.
  private func decodeRepetition(_ batch: inout Batch) throws(Fault) {
    _ = try page.repetition.decode(batch.count, into: repetition)
    guard rowsStarted > 0 || repetition[0] == 0 else {
      throw .corrupt("the chunk's first value goes on with a row that has not begun")
    }
    guard page.rowCount == nil || entriesLeftInPage < page.entryCount || repetition[0] == 0 else {
      throw .corrupt("a page's first value goes on with a row of the page before")
    }
    var skipped = 0
    for index in 0..<batch.count {
      if repetition[index] == 0 { rowsStarted += 1 }
      if rowsStarted <= startRow { skipped += 1 }
      if index == skipped { batch.row = rowsStarted - 1 }
    }
    batch.skipped = skipped
    guard rowsStarted <= (rowsAtPageEnd ?? rowCount) else {
      throw .corrupt("there are more rows than the page's or row group's \(rowCount)")
    }
  }
}
