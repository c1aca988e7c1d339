/// Where a document was read, for error messages.
public struct DocumentLocation: Sendable, Equatable, CustomStringConvertible {
  /// The task that asked for the document.
  public var task: String
  /// The file it was read from.
  public var path: String
  /// The line of a JSON-lines file or the row of a table, counted from one.
  public var line: Int
  /// Whether the file is a table, and has rows rather than lines.
  public var isRow: Bool

  public init(task: String, path: String, line: Int) {
    self.task = task
    self.path = path
    self.line = line
    isRow = false
  }

  public init(task: String, path: String, row: Int) {
    self.init(task: task, path: path, line: row)
    isRow = true
  }

  public var description: String { "\(task): \(path), \(isRow ? "row" : "line") \(line)" }
}

/// One record of a benchmark's data, with accessors that say what is wrong when a field is.
///
/// Every accessor throws `EvaluationError.missingField`, `.wrongType` or `.invalidValue`, which name
/// task, file, line and field.
public struct TaskDocument: Sendable, Equatable {
  /// The record's fields by the names they have on the hub.
  public var fields: [String: DocumentValue]
  /// Where the record was read.
  public var location: DocumentLocation
  /// The path of fields that led here, with its dot (`"choices."`); empty for a whole record.
  private let prefix: String

  public init(fields: [String: DocumentValue], location: DocumentLocation) {
    self.init(fields: fields, location: location, prefix: "")
  }

  private init(fields: [String: DocumentValue], location: DocumentLocation, prefix: String) {
    self.fields = fields
    self.location = location
    self.prefix = prefix
  }

  /// Returns a text field.
  public func string(_ field: String) throws -> String {
    guard case .string(let value) = try value(field, expected: "a string") else {
      throw wrongType(field, expected: "a string")
    }
    return value
  }

  /// Returns a list of texts, which may be empty.
  public func strings(_ field: String) throws -> [String] {
    let expected = "a list of strings"
    guard case .array(let values) = try value(field, expected: expected) else {
      throw wrongType(field, expected: expected)
    }
    return try values.enumerated().map { index, value in
      guard case .string(let text) = value else {
        throw EvaluationError.wrongType(
          location, field: "\(prefix)\(field)[\(index)]", expected: "a string",
          found: value.summary)
      }
      return text
    }
  }

  /// Returns a list of integers.
  public func integers(_ field: String) throws -> [Int] {
    let expected = "a list of integers"
    guard case .array(let values) = try value(field, expected: expected) else {
      throw wrongType(field, expected: expected)
    }
    return try values.enumerated().map { index, value in
      guard case .integer(let number) = value else {
        throw EvaluationError.wrongType(
          location, field: "\(prefix)\(field)[\(index)]", expected: "an integer",
          found: value.summary)
      }
      return number
    }
  }

  /// Returns a list of answers, of which there must be at least one.
  public func choices(_ field: String) throws -> [String] {
    let choices = try strings(field)
    if choices.isEmpty { throw EvaluationError.noChoices(location, field: prefix + field) }
    return choices
  }

  /// Returns an integer, written either as a number or, as HellaSwag's labels are, as a string.
  public func integer(_ field: String) throws -> Int {
    let expected = "an integer"
    switch try value(field, expected: expected) {
    case .integer(let value): return value
    case .string(let text):
      guard let value = Int(text) else { throw wrongType(field, expected: expected) }
      return value
    default: throw wrongType(field, expected: expected)
    }
  }

  /// Returns the position of the right answer, which must be one of `choiceCount`.
  public func gold(_ field: String, choiceCount: Int) throws -> Int {
    let gold = try integer(field)
    guard (0..<choiceCount).contains(gold) else {
      throw EvaluationError.goldOutOfRange(
        location, field: prefix + field, gold: gold, choiceCount: choiceCount)
    }
    return gold
  }

  /// Returns a nested record; errors about its fields name the whole path (`choices.text`).
  public func object(_ field: String) throws -> TaskDocument {
    guard case .object(let fields) = try value(field, expected: "an object") else {
      throw wrongType(field, expected: "an object")
    }
    return TaskDocument(fields: fields, location: location, prefix: "\(prefix)\(field).")
  }

  /// Returns a list of nested records; errors about their fields name the whole path (`kwargs[2].n`).
  public func objects(_ field: String) throws -> [TaskDocument] {
    let expected = "a list of objects"
    guard case .array(let values) = try value(field, expected: expected) else {
      throw wrongType(field, expected: expected)
    }
    return try values.enumerated().map { index, value in
      let path = "\(prefix)\(field)[\(index)]"
      guard case .object(let fields) = value else {
        throw EvaluationError.wrongType(
          location, field: path, expected: "an object", found: value.summary)
      }
      return TaskDocument(fields: fields, location: location, prefix: "\(path).")
    }
  }

  /// Returns the error to throw when a field has the right type but no usable value.
  public func invalidValue(_ field: String, expected: String) -> EvaluationError {
    .invalidValue(
      location, field: prefix + field, expected: expected,
      found: fields[field]?.summary ?? "nothing")
  }

  private func wrongType(_ field: String, expected: String) -> EvaluationError {
    .wrongType(
      location, field: prefix + field, expected: expected,
      found: fields[field]?.summary ?? "nothing")
  }

  private func value(_ field: String, expected: String) throws -> DocumentValue {
    guard let value = fields[field] else {
      throw EvaluationError.missingField(
        location, field: prefix + field, expected: expected,
        present: fields.keys.map { prefix + $0 }.sorted())
    }
    return value
  }
}
