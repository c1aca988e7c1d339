import CSimdjson

/// A JSON document, parsed by simdjson and read in the order in which it is written.
///
/// Values live no longer than the document that they came from.
package final class JSONDocument {
  private let document: OpaquePointer
  fileprivate let tape: UnsafePointer<UInt64>
  fileprivate let strings: UnsafePointer<UInt8>

  /// Returns nil, with simdjson's words for the reason, where there is no such document.
  package init(_ bytes: [UInt8]) throws(JSONFailure) {
    guard
      let document = bytes.withUnsafeBufferPointer({
        csimdjson_document_parse($0.baseAddress, $0.count)
      })
    else { throw JSONFailure(reason: "memory is short") }
    guard let tape = csimdjson_document_tape(document),
      let strings = csimdjson_document_strings(document)
    else {
      let reason = String(cString: csimdjson_document_message(document))
      csimdjson_document_destroy(document)
      throw JSONFailure(reason: reason)
    }
    self.document = document
    self.tape = tape
    self.strings = strings
  }

  deinit { csimdjson_document_destroy(document) }

  package var root: JSONValue { JSONValue(document: self, index: 1, location: "") }
}

/// Why bytes are not a JSON document.
package struct JSONFailure: Error {
  package var reason: String
}

/// One value of a document, which knows where it stands.
package struct JSONValue {
  fileprivate let document: JSONDocument
  fileprivate let index: Int
  /// The way to it, such as `/model/merges/3`, as in RFC 6901.
  package let location: String

  private var word: UInt64 { document.tape[index] }
  private var kind: UInt8 { UInt8(word >> 56) }
  private var payload: Int { Int(word & 0x00FF_FFFF_FFFF_FFFF) }

  package var isNull: Bool { kind == UInt8(ascii: "n") }

  package var isObject: Bool { kind == UInt8(ascii: "{") }

  package var bool: Bool? {
    switch kind {
    case UInt8(ascii: "t"): true
    case UInt8(ascii: "f"): false
    default: nil
    }
  }

  package var integer: Int? {
    switch kind {
    case UInt8(ascii: "l"): Int(Int64(bitPattern: document.tape[index + 1]))
    case UInt8(ascii: "u"): Int(exactly: document.tape[index + 1])
    default: nil
    }
  }

  /// A number, whole or not.
  package var number: Double? {
    kind == UInt8(ascii: "d")
      ? Double(bitPattern: document.tape[index + 1]) : integer.map(Double.init)
  }

  /// A string's UTF-8.
  package var bytes: [UInt8]? {
    guard kind == UInt8(ascii: "\"") else { return nil }
    let start = document.strings + payload
    let count = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
    return Array(UnsafeBufferPointer(start: start + 4, count: Int(count)))
  }

  package var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

  package var array: [JSONValue]? {
    guard kind == UInt8(ascii: "[") else { return nil }
    var values: [JSONValue] = []
    var position = index + 1
    let end = Int(word & 0xFFFF_FFFF) - 1
    while position < end {
      values.append(
        JSONValue(document: document, index: position, location: "\(location)/\(values.count)"))
      position = next(after: position)
    }
    return values
  }

  /// Calls `body` with each key and value of an object; returns false if this is none.
  package func forEachMember<Failure: Error>(
    _ body: (_ key: [UInt8], _ value: JSONValue) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    guard kind == UInt8(ascii: "{") else { return false }
    var position = index + 1
    let end = Int(word & 0xFFFF_FFFF) - 1
    while position < end {
      let key = JSONValue(document: document, index: position, location: "").bytes ?? []
      let value = JSONValue(
        document: document, index: position + 1,
        location: "\(location)/\(String(decoding: key, as: UTF8.self))")
      try body(key, value)
      position = next(after: position + 1)
    }
    return true
  }

  /// The value of a key, or nil if it is missing or null. The last of several counts.
  package subscript(_ key: String) -> JSONValue? {
    var found: JSONValue?
    _ = forEachMember { name, value in
      if name.elementsEqual(key.utf8) { found = value }
    }
    return found?.isNull == true ? nil : found
  }

  private func next(after position: Int) -> Int {
    let word = document.tape[position]
    switch UInt8(word >> 56) {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return Int(word & 0xFFFF_FFFF)
    case UInt8(ascii: "l"), UInt8(ascii: "u"), UInt8(ascii: "d"): return position + 2
    default: return position + 1
    }
  }

  /// The value as an error message shows it.
  package var summary: String {
    switch kind {
    case UInt8(ascii: "\""): "\"\((string ?? "").prefix(60))\""
    case UInt8(ascii: "{"): "an object"
    case UInt8(ascii: "["): "an array"
    case UInt8(ascii: "n"): "null"
    case UInt8(ascii: "t"): "true"
    case UInt8(ascii: "f"): "false"
    default: integer.map(String.init) ?? number.map { "\($0)" } ?? "a number of more than 64 bits"
    }
  }
}
