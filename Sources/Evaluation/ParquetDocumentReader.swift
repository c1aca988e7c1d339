import Files
import Parquet

/// Reads documents from Parquet, the format in which the Hugging Face hub publishes data sets.
///
/// A row is a document: structures become objects, lists arrays, and maps arrays of objects with a
/// `key` and a `value`, as Python's `datasets` gives them. Dates and timestamps are the whole numbers
/// that the file has.
public struct ParquetDocumentReader: DocumentFileReader {
  /// Most documents of a file. A few bytes of Parquet can stand for billions of rows, each of which
  /// takes memory here; the largest benchmarks have some hundred thousand.
  public static let maximumDocumentCount = 1 << 22

  public var fileExtension: String { "parquet" }

  public init() {}

  public func documents(in path: String, task: String, limit: Int?) throws -> [TaskDocument] {
    do {
      let file = try ParquetFile(FileBytes(path: path))
      let wanted = min(limit ?? .max, file.rowCount)
      guard wanted <= Self.maximumDocumentCount else {
        throw EvaluationError.unreadableFile(
          task: task, path: path,
          reason: "it has \(wanted) rows, expected at most \(Self.maximumDocumentCount); "
            + "set a limit of documents")
      }
      let rows = try file.rows()
      var documents: [TaskDocument] = []
      while documents.count < wanted, let row = try rows.next() {
        let location = DocumentLocation(
          task: task, path: path, row: documents.count + 1)
        documents.append(TaskDocument(fields: try fields(row, at: location), location: location))
      }
      return documents
    } catch let error as ParquetError {
      throw EvaluationError.unreadableFile(
        task: task, path: path, reason: Self.reason(error, path: path))
    } catch let error as ByteAccessError {
      throw EvaluationError.unreadableFile(task: task, path: path, reason: "\(error)")
    }
  }

  /// The fault without the file's name, which stands before it already.
  private static func reason(_ error: ParquetError, path: String) -> String {
    let text = error.description
    return text.hasPrefix("\(path): ") ? String(text.dropFirst(path.count + 2)) : text
  }

  private func fields(
    _ fields: [ParquetValue.Field], at location: DocumentLocation, under path: String = ""
  ) throws(EvaluationError) -> [String: DocumentValue] {
    var values: [String: DocumentValue] = [:]
    values.reserveCapacity(fields.count)
    for field in fields {
      values[field.name] = try value(field.value, at: location, field: path + field.name)
    }
    return values
  }

  private func value(
    _ value: ParquetValue, at location: DocumentLocation, field: String
  ) throws(EvaluationError) -> DocumentValue {
    switch value {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .integer(let value): return .integer(value)
    case .number(let value): return .number(value)
    case .text(let text): return .string(text)
    case .list(let elements):
      var values: [DocumentValue] = []
      values.reserveCapacity(elements.count)
      for (index, element) in elements.enumerated() {
        values.append(try self.value(element, at: location, field: "\(field)[\(index)]"))
      }
      return .array(values)
    case .structure(let fields):
      return .object(try self.fields(fields, at: location, under: "\(field)."))
    case .unsigned(let value):
      throw refused(location, field, "the whole number \(value), which is above \(Int.max)")
    case .decimal: throw refused(location, field, "a decimal number")
    case .bytes(let bytes):
      throw refused(location, field, "\(bytes.count) bytes that the file does not call text")
    }
  }

  private func refused(
    _ location: DocumentLocation, _ field: String, _ found: String
  ) -> EvaluationError {
    .wrongType(
      location, field: field, expected: "text, a number, a truth value, a list or a structure",
      found: found)
  }
}
