import Files

/// Where in a Parquet file something lies.
public struct ParquetPlace: Sendable, Equatable, CustomStringConvertible {
  /// The path or address.
  public var file: String
  /// The row group, from 0.
  public var rowGroup: Int?
  /// The column's path in the schema.
  public var column: String?
  /// Where the page's header starts in the file.
  public var pageOffset: Int?

  public init(
    file: String, rowGroup: Int? = nil, column: String? = nil, pageOffset: Int? = nil
  ) {
    self.file = file
    self.rowGroup = rowGroup
    self.column = column
    self.pageOffset = pageOffset
  }

  public var description: String {
    let parts = [
      rowGroup.map { "row group \($0)" }, column.map { "column \"\($0)\"" },
      pageOffset.map { "page at byte \($0)" },
    ].compactMap(\.self)
    return parts.isEmpty ? file : "\(file): \(parts.joined(separator: ", "))"
  }
}

/// What can be wrong with a Parquet file, or with what was asked of it.
///
/// Rows, row groups and bytes count from 0.
public enum ParquetError: Error, Sendable, Equatable {
  /// The file's bytes cannot be read.
  case unreadable(ByteAccessError)
  /// The file is something else, or was cut off.
  case notParquet(file: String, detail: String)
  /// What is asked for is encrypted.
  case encrypted(ParquetPlace, what: String)
  /// The file uses a part of the format that this module does not read.
  case unsupported(ParquetPlace, what: String)
  /// The file contradicts itself or the format.
  case corrupt(ParquetPlace, detail: String)
  /// Reading would take more memory than is allowed.
  case tooLarge(ParquetPlace, what: String, limit: Int, found: Int)
  /// A value is not UTF-8; the reader goes on with the next row when it is asked again.
  case invalidUTF8(ParquetPlace, row: Int, byteOffset: Int)
  /// No column has this path.
  case missingColumn(file: String, path: String, textColumns: [String])
  /// No top-level field has this name.
  case missingField(file: String, name: String, fields: [String])
  /// The column holds something else than text.
  case columnIsNotText(file: String, path: String, found: String, textColumns: [String])
  /// There is no such row group.
  case missingRowGroup(file: String, rowGroup: Int, count: Int)
  /// There is no such row in the row group.
  case missingRow(ParquetPlace, row: Int, count: Int)

  /// Whether the fault lies within one row, so that reading can go on after it.
  public var concernsOneRow: Bool {
    if case .invalidUTF8 = self { true } else { false }
  }
}

extension ParquetError: CustomStringConvertible {
  /// The fault with its place, then the remedy.
  public var description: String {
    switch self {
    case .unreadable(let error):
      error.description
    case .notParquet(let file, let detail):
      "\(file): not a whole Parquet file: \(detail); check that it is one, and fetch it again"
    case .encrypted(let place, let what):
      "\(place): \(what) encrypted, which is not read here; decrypt the file first"
    case .unsupported(let place, let what):
      "\(place): \(what), which is not read here; write the file again in a common way"
    case .corrupt(let place, let detail):
      "\(place): broken Parquet data (\(detail)); fetch the file again, or leave it out"
    case .tooLarge(let place, let what, let limit, let found):
      "\(place): \(what) takes \(found), the limit is \(limit); "
        + "raise the limit if the file is to be trusted"
    case .invalidUTF8(let place, let row, let byteOffset):
      "\(place): row \(row): invalid UTF-8 at byte \(byteOffset) of the text; "
        + "mend the row, or skip malformed rows"
    case .missingColumn(let file, let path, let textColumns):
      "\(file): no column \"\(path)\"; \(Self.offer(textColumns))"
    case .missingField(let file, let name, let fields):
      "\(file): no field \"\(name)\"; fields are \(Self.list(fields))"
    case .columnIsNotText(let file, let path, let found, let textColumns):
      "\(file): column \"\(path)\" is \(found), expected text; \(Self.offer(textColumns))"
    case .missingRowGroup(let file, let rowGroup, let count):
      "\(file): no row group \(rowGroup), there are \(count), counted from 0"
    case .missingRow(let place, let row, let count):
      "\(place): no row \(row), there are \(count), counted from 0"
    }
  }

  private static func offer(_ textColumns: [String]) -> String {
    if textColumns.isEmpty { return "the file has no column of text" }
    return "columns of text are \(list(textColumns))"
  }

  /// A table of thousands of columns should not hide the message.
  private static func list(_ names: [String]) -> String {
    names.prefix(12).map { "\"\($0)\"" }.joined(separator: ", ")
      + (names.count > 12 ? ", …" : "")
  }
}

/// What a decoder finds wrong with bytes whose place its caller knows.
enum Fault: Error, Equatable {
  case unreadable(ByteAccessError)
  /// The bytes stop before what they hold is complete.
  case endsEarly
  case corrupt(String)
  case unsupported(String)
  case encrypted(String)
  case tooLarge(what: String, limit: Int, found: Int)

  func at(_ place: ParquetPlace) -> ParquetError {
    switch self {
    case .unreadable(let error): .unreadable(error)
    case .endsEarly: .corrupt(place, detail: "the data stop short")
    case .corrupt(let detail): .corrupt(place, detail: detail)
    case .unsupported(let what): .unsupported(place, what: what)
    case .encrypted(let what): .encrypted(place, what: what)
    case .tooLarge(let what, let limit, let found):
      .tooLarge(place, what: what, limit: limit, found: found)
    }
  }
}
