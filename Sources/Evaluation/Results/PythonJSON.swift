/// A JSON value whose objects keep the order of their keys, written as Python's `json` writes it.
///
/// lm-evaluation-harness writes its files with `json.dumps(…, ensure_ascii=False)`: numbers that are not
/// finite are the bare words `NaN`, `Infinity` and `-Infinity`, which strict JSON has no place for.
package enum PythonJSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([PythonJSON])
  case object([(key: String, value: PythonJSON)])

  package static func == (left: PythonJSON, right: PythonJSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.number(let a), .number(let b)): a == b || a.isNaN && b.isNaN
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }

  /// A document's value; the keys of objects in order of their bytes, since a document has no order.
  package init(_ value: DocumentValue) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .string(let value): self = .string(value)
    case .array(let values): self = .array(values.map { PythonJSON($0) })
    case .object(let fields): self = PythonJSON(fields: fields)
    }
  }

  package init(fields: [String: DocumentValue]) {
    self = .object(
      fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { ($0.key, PythonJSON($0.value)) })
  }

  /// The value of a key; the last one where it stands several times, as Python reads it.
  package subscript(key: String) -> PythonJSON? {
    guard case .object(let entries) = self else { return nil }
    return entries.last { $0.key == key }?.value
  }

  /// The entries of an object; none of anything else.
  package var entries: [(key: String, value: PythonJSON)] {
    if case .object(let entries) = self { entries } else { [] }
  }

  package var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  package var integer: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  package var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value's kind as error messages name it.
  package var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): "the truth value \(value)"
    case .integer(let value): "the number \(value)"
    case .number(let value): "the number \(value)"
    case .string(let value): "the string \"\(value.excerpt)\""
    case .array(let values): "a list of \(values.count)"
    case .object(let entries): "an object of \(entries.count) entries"
    }
  }
}

extension PythonJSON {
  /// Returns the value as `json.dumps` writes it: on one line, or a line an entry.
  ///
  /// - Parameter indent: The spaces of each level; nil for one line.
  package func text(indent: Int? = nil) -> [UInt8] {
    var writer = Writer(indent: indent)
    writer.write(self, depth: 0)
    return writer.bytes
  }

  /// A number as Python's `repr` has it: the shortest digits that give the same number back.
  package static func text(of number: Double) -> String {
    number.isNaN ? "NaN" : number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : "\(number)"
  }

  private struct Writer {
    let indent: Int?
    var bytes: [UInt8] = []

    mutating func write(_ value: PythonJSON, depth: Int) {
      switch value {
      case .null: append("null")
      case .bool(let value): append(value ? "true" : "false")
      case .integer(let value): append("\(value)")
      case .number(let value): append(PythonJSON.text(of: value))
      case .string(let value): quote(value)
      case .array(let values):
        list("[", "]", values, depth: depth) { writer, value in
          writer.write(value, depth: depth + 1)
        }
      case .object(let entries):
        list("{", "}", entries, depth: depth) { writer, entry in
          writer.quote(entry.key)
          writer.append(": ")
          writer.write(entry.value, depth: depth + 1)
        }
      }
    }

    private mutating func list<Element>(
      _ open: String, _ close: String, _ elements: [Element], depth: Int,
      _ body: (inout Writer, Element) -> Void
    ) {
      append(open)
      for (index, element) in elements.enumerated() {
        if index > 0 { append(indent == nil ? ", " : ",") }
        breakLine(depth: depth + 1)
        body(&self, element)
      }
      if !elements.isEmpty { breakLine(depth: depth) }
      append(close)
    }

    private mutating func breakLine(depth: Int) {
      guard let indent else { return }
      bytes.append(UInt8(ascii: "\n"))
      bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * depth))
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func quote(_ text: String) {
      bytes.append(UInt8(ascii: "\""))
      for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        case 0..<0x20:
          let digits = Array("0123456789abcdef".utf8)
          append("\\u00")
          bytes.append(digits[Int(byte >> 4)])
          bytes.append(digits[Int(byte & 15)])
        default: bytes.append(byte)
        }
      }
      bytes.append(UInt8(ascii: "\""))
    }
  }
}
