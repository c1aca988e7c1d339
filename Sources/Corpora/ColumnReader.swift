import Parquet

/// The documents of one columnar file: a row each.
///
/// A row whose column holds a list of texts is one document, a line each. A row without text is
/// malformed, as a line without the field is.
final class ColumnReader {
  private let file: ParquetFile
  private let field: String
  private let policy: MalformedLinePolicy
  private let texts: TextColumnReader
  /// The row groups in the order of this epoch, and the row of the file that each begins with.
  private let order: [Int]
  private let firstRows: [Int]
  private var place = 0
  private var row = 0
  private(set) var skippedCount = 0

  /// - Parameters:
  ///   - order: the row groups' order.
  ///   - row: the file's row to begin with; nil for the first of that order.
  init(
    _ file: ParquetFile, field: String, policy: MalformedLinePolicy, order: [Int], row: Int?
  ) throws(CorpusError) {
    self.file = file
    self.field = field
    self.policy = policy
    self.order = order
    var firstRows: [Int] = []
    var rows = 0
    for group in file.rowGroups {
      firstRows.append(rows)
      rows += group.rowCount
    }
    self.firstRows = firstRows
    do throws(ParquetError) {
      texts = file.texts(of: try file.textColumn(field), stretch: Self.stretch)
    } catch {
      throw .parquet(error)
    }
    if let row {
      let found = order.firstIndex {
        (firstRows[$0]..<firstRows[$0] + file.rowGroups[$0].rowCount).contains(row)
      }
      guard let found else {
        throw .cursorOutsideCorpus(detail: "row \(row) of \(file.name), which has \(rows)")
      }
      place = found
      try start(at: row - firstRows[order[found]])
    } else if !order.isEmpty {
      try start(at: 0)
    }
  }

  /// Bytes of a column asked for at a time: few requests where they are answered slowly.
  private static let stretch = 4 << 20

  private func start(at rowOfGroup: Int) throws(CorpusError) {
    row = firstRows[order[place]] + rowOfGroup
    do throws(ParquetError) {
      try texts.seek(toRowGroup: order[place], row: rowOfGroup)
    } catch {
      throw .parquet(error)
    }
  }

  /// Appends the next document's text; returns its row of the file.
  func next(appendingTo text: inout [UInt8]) throws(CorpusError) -> Int? {
    while place < order.count {
      do throws(CorpusError) {
        guard let value = try nextValue(appendingTo: &text) else {
          place += 1
          if place < order.count { try start(at: 0) }
          continue
        }
        row += 1
        if case .null = value {
          throw CorpusError.missingField(path: file.name, line: row, field: field)
        }
        return row - 1
      } catch {
        guard policy == .skip, error.concernsOneLine else { throw error }
        if case .parquet = error { row += 1 }
        skippedCount += 1
      }
    }
    return nil
  }

  private func nextValue(appendingTo text: inout [UInt8]) throws(CorpusError) -> TextRow? {
    let start = text.count
    let value: TextRow?
    do throws(ParquetError) {
      value = try texts.next(appendingTo: &text)
    } catch {
      throw .parquet(error)
    }
    guard case .list(let byteCounts) = value else { return value }
    let counts = byteCounts.compactMap(\.self)
    guard !counts.isEmpty else { return .null }
    // From the last to the first, so that places before stay what they are.
    var end = text.count
    for count in counts.dropFirst().reversed() {
      end -= count
      text.insert(UInt8(ascii: "\n"), at: end)
    }
    return .text(byteCount: text.count - start)
  }
}
