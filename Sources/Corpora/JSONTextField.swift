import CSimdjson

/// Takes the text field out of lines of JSON.
final class JSONTextField {
  /// What a line holds.
  enum Result {
    case text(UnsafeBufferPointer<UInt8>)
    case notJSON(detail: String)
    case notUTF8
    case noField
    case notText(found: String)
  }

  /// Bytes that must be readable after a line.
  static var padding: Int { csimdjson_padding() }

  private let parser: OpaquePointer?
  private let pointer: [UInt8]

  /// Dots lead into nested objects, so a field whose own name has a dot cannot be named.
  init(named name: String) {
    parser = csimdjson_parser_create()
    var pointer: [UInt8] = [UInt8(ascii: "/")]
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "."): pointer.append(UInt8(ascii: "/"))
      case UInt8(ascii: "~"): pointer += "~0".utf8
      case UInt8(ascii: "/"): pointer += "~1".utf8
      default: pointer.append(byte)
      }
    }
    self.pointer = pointer
  }

  deinit { csimdjson_parser_destroy(parser) }

  /// The text lives until the next call. If a name occurs twice, its first value counts.
  func text(in line: UnsafeBufferPointer<UInt8>) -> Result {
    guard let parser else { return .notJSON(detail: "no memory for the parser") }
    let result = pointer.withUnsafeBufferPointer {
      csimdjson_text(parser, line.baseAddress, line.count, $0.baseAddress, $0.count)
    }
    switch UInt32(result.status) {
    case CSIMDJSON_FOUND.rawValue:
      return .text(UnsafeBufferPointer(start: result.text, count: result.text_count))
    case CSIMDJSON_NOT_UTF8.rawValue: return .notUTF8
    case CSIMDJSON_NO_FIELD.rawValue: return .noField
    case CSIMDJSON_NOT_A_STRING.rawValue: return .notText(found: Self.kind(result.found))
    default:
      if result.found != 0 { return .notJSON(detail: "it is \(Self.kind(result.found))") }
      return .notJSON(detail: String(cString: result.message))
    }
  }

  private static func kind(_ code: UInt8) -> String {
    switch code {
    case UInt8(ascii: "["): "an array"
    case UInt8(ascii: "{"): "an object"
    case UInt8(ascii: "l"), UInt8(ascii: "u"), UInt8(ascii: "d"): "a number"
    case UInt8(ascii: "t"): "a boolean"
    case UInt8(ascii: "n"): "null"
    default: "a string"
    }
  }
}
