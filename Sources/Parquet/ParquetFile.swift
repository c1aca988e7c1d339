import Files

/// A Parquet file whose rows, and columns of text, can be read.
///
/// Opening reads the file's end, in one call or, where the footer is long, two. Any number of threads may make readers of it, each of
/// which belongs to one.
///
/// Source: github.com/apache/parquet-format, version 2.11.
public final class ParquetFile: Sendable {
  /// Some of the table's rows.
  public struct RowGroup: Sendable, Equatable {
    public let rowCount: Int
    /// What all its columns take in the file.
    public let byteCount: Int
  }

  /// What is taken for text.
  public enum Acceptance: Sendable {
    /// Columns whose file says that they are strings, enumerations or JSON.
    case annotatedText
    /// Also bytes of which the file says nothing, as many writers leave it out.
    case textOrPlainBytes
  }

  /// Bytes read at a time: 1 MiB hides what a call costs, and stays in the cache.
  public static let defaultStretch = 1 << 20

  let bytes: any RandomAccessBytes
  let limits: ParquetLimits
  private let metadata: FileMetadata

  /// The path or address.
  public var name: String { bytes.name }
  /// The leaves of the schema, in order.
  public var columns: [ParquetColumn] { metadata.schema.columns }
  var schema: SchemaTree { metadata.schema }
  public let rowGroups: [RowGroup]
  /// The rows of all row groups.
  public let rowCount: Int

  /// Reads what the file says of itself.
  ///
  /// - Throws: ``ParquetError``.
  public init(
    _ bytes: any RandomAccessBytes, limits: ParquetLimits = ParquetLimits()
  ) throws(ParquetError) {
    self.bytes = bytes
    self.limits = limits
    metadata = try Self.metadata(of: bytes)
    rowGroups = metadata.rowGroups.map {
      RowGroup(rowCount: $0.rowCount, byteCount: $0.byteCount)
    }
    rowCount = rowGroups.reduce(0) { $0 + $1.rowCount }
  }

  /// The column of text at a path such as `text`, `meta.source` or `paragraphs.list.element`.
  ///
  /// - Throws: `ParquetError.missingColumn`, `.columnIsNotText`.
  public func textColumn(
    _ path: String, accepting: Acceptance = .textOrPlainBytes
  ) throws(ParquetError) -> ParquetColumn {
    let found = columns.filter { $0.path == path }
    guard let column = found.first else {
      throw .missingColumn(file: name, path: path, textColumns: textPaths(accepting))
    }
    // Names may hold dots, so that two paths can read alike.
    guard found.count == 1 else {
      throw .columnIsNotText(
        file: name, path: path, found: "the path of \(found.count) columns",
        textColumns: textPaths(accepting))
    }
    let description: String
    switch (column.content, accepting) {
    case (.text, _), (.bytes, .textOrPlainBytes): return column
    case (.bytes, .annotatedText): description = "bytes, not said to be text"
    case (.other(let what), _): description = what
    }
    throw .columnIsNotText(
      file: name, path: path, found: description, textColumns: textPaths(accepting))
  }

  /// A reader of a column's texts, at the first row of the first row group.
  ///
  /// - Parameters:
  ///   - column: What ``textColumn(_:accepting:)`` gave.
  ///   - stretch: How many bytes to read at a time. Where a call takes long, as over a network, let it
  ///     be several MiB.
  public func texts(
    of column: ParquetColumn, stretch: Int = defaultStretch
  ) -> TextColumnReader {
    TextColumnReader(file: self, column: column, stretch: stretch)
  }

  /// A reader of whole rows, or of some of their top-level fields.
  ///
  /// - Parameters:
  ///   - fields: The names of the fields wanted; nil for all. Only their columns are read.
  ///   - row: The row of the file to begin with, from 0; the one behind the last is the end.
  ///   - stretch: How many bytes to read of a column at a time.
  /// - Throws: `ParquetError.missingField`, `.missingRow`, and what is wrong with the first row
  ///   group's chunks.
  public func rows(
    fields: [String]? = nil, from row: Int = 0, stretch: Int = defaultStretch
  ) throws(ParquetError) -> ParquetRowReader {
    try ParquetRowReader(file: self, fields: fields, from: row, stretch: stretch)
  }

  private func textPaths(_ accepting: Acceptance) -> [String] {
    columns.filter {
      switch $0.content {
      case .text: true
      case .bytes: accepting == .textOrPlainBytes
      case .other: false
      }
    }.map(\.path)
  }

  /// Where a row group has a column of bytes.
  func textChunk(of column: ParquetColumn, rowGroup: Int) throws(ParquetError) -> ColumnChunk {
    let chunk = try chunk(of: column, rowGroup: rowGroup)
    guard column.physicalType == .byteArray else {
      throw .missingColumn(
        file: name, path: column.path, textColumns: textPaths(.textOrPlainBytes))
    }
    return chunk
  }

  func chunk(of column: ParquetColumn, rowGroup: Int) throws(ParquetError) -> ColumnChunk {
    guard rowGroups.indices.contains(rowGroup) else {
      throw .missingRowGroup(file: name, rowGroup: rowGroup, count: rowGroups.count)
    }
    guard columns.indices.contains(column.index), columns[column.index] == column else {
      throw .missingColumn(
        file: name, path: column.path, textColumns: textPaths(.textOrPlainBytes))
    }
    return metadata.chunk(column: column.index, rowGroup: rowGroup)
  }
}

extension ParquetFile {
  private static let magic = Array("PAR1".utf8)
  private static let encryptedMagic = Array("PARE".utf8)
  /// Bytes read from the file's end, which hold most footers whole.
  private static let tailCount = 64 << 10

  private static func metadata(
    of bytes: any RandomAccessBytes
  ) throws(ParquetError) -> FileMetadata {
    let place = ParquetPlace(file: bytes.name)
    do throws(Fault) {
      // What begins the file, a magic too, is left alone: over a network it would be one more call.
      guard bytes.byteCount >= 12 else {
        throw .corrupt("it has \(bytes.byteCount) bytes, at least 12 are needed")
      }
      var buffer = ReusableBuffer()
      let tail = try read(bytes, max(0, bytes.byteCount - tailCount)..<bytes.byteCount, &buffer)
      var last = ByteCursor(UnsafeRawBufferPointer(rebasing: tail[(tail.count - 8)...]))
      let count = Int(try last.fixed32())
      let end = bytes.byteCount - 8
      if last.rest.elementsEqual(encryptedMagic) { throw .encrypted("the footer is") }
      guard last.rest.elementsEqual(magic) else { throw .corrupt("it does not end with PAR1") }
      guard count <= end - 4 else {
        throw .corrupt("its footer is said to have \(count) of its \(bytes.byteCount) bytes")
      }
      if count <= tail.count - 8 {
        let footer = tail[(tail.count - 8 - count)..<tail.count - 8]
        return try FileMetadata(UnsafeRawBufferPointer(rebasing: footer), dataEnd: end - count)
      }
      let footer = try read(bytes, end - count..<end, &buffer)
      return try FileMetadata(footer, dataEnd: end - count)
    } catch {
      switch error {
      case .corrupt(let detail): throw .notParquet(file: bytes.name, detail: detail)
      case .endsEarly: throw .notParquet(file: bytes.name, detail: "its footer stops short")
      default: throw error.at(place)
      }
    }
  }

  private static func read(
    _ bytes: any RandomAccessBytes, _ range: Range<Int>, _ buffer: inout ReusableBuffer
  ) throws(Fault) -> UnsafeRawBufferPointer {
    try buffer.reserve(range.count)
    let target = buffer.bytes(0..<range.count)
    do throws(ByteAccessError) {
      try bytes.read(into: target, at: range.lowerBound)
    } catch {
      throw .unreadable(error)
    }
    return UnsafeRawBufferPointer(target)
  }
}
