/// Reads the values of a file one after the other, never beyond its end.
struct GGUFCursor {
  private let bytes: UnsafeRawBufferPointer
  private let path: String
  private(set) var position: Int
  /// What is being read, for messages.
  var place = "the header"

  /// Arrays of arrays of arrays …: deeper ones are an error. No writer nests any.
  static let deepestNesting = 4

  init(_ bytes: UnsafeRawBufferPointer, path: String, position: Int) {
    self.bytes = bytes
    self.path = path
    self.position = position
  }

  var remaining: Int { bytes.count - position }
  var fileByteCount: Int { bytes.count }
  var filePath: String { path }

  func malformed(_ expected: String, found: String) -> GGUFError {
    .malformed(path: path, place: place, expected: expected, found: found)
  }

  mutating func integer<I: FixedWidthInteger>(_ type: I.Type = I.self) throws(GGUFError) -> I {
    let size = MemoryLayout<I>.size
    guard remaining >= size else {
      throw malformed(
        "\(size) bytes at byte \(position)", found: "the end of the file at byte \(bytes.count)")
    }
    defer { position += size }
    return I(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: I.self))
  }

  /// A count of things that take at least so many bytes each.
  mutating func count(of what: String, leastByteCount: Int) throws(GGUFError) -> Int {
    let found = try integer(UInt64.self)
    let most = remaining / leastByteCount
    guard found <= UInt64(most) else {
      throw malformed(
        "at most \(most) \(what), for which the \(remaining) bytes that follow have room",
        found: "\(found)")
    }
    return Int(found)
  }

  mutating func string() throws(GGUFError) -> String {
    let count = try count(of: "bytes of a string", leastByteCount: 1)
    let text = UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    guard let string = String(validating: text, as: UTF8.self) else {
      throw malformed(
        "a string in UTF-8", found: "other bytes in the \(count) from byte \(position) on")
    }
    position += count
    return string
  }

  private mutating func boolean() throws(GGUFError) -> Bool {
    let found = try integer(UInt8.self)
    guard found <= 1 else { throw malformed("0 or 1 for a truth value", found: "\(found)") }
    return found == 1
  }

  private mutating func type() throws(GGUFError) -> GGUFValueType {
    let code = try integer(UInt32.self)
    guard let type = GGUFValueType(rawValue: code) else {
      throw malformed("a value type from 0 to 12", found: "\(code)")
    }
    return type
  }

  mutating func value() throws(GGUFError) -> GGUFValue {
    switch try type() {
    case .uint8: .uint8(try integer())
    case .int8: .int8(try integer())
    case .uint16: .uint16(try integer())
    case .int16: .int16(try integer())
    case .uint32: .uint32(try integer())
    case .int32: .int32(try integer())
    case .float32: .float32(Float(bitPattern: try integer()))
    case .boolean: .boolean(try boolean())
    case .string: .string(try string())
    case .array: .array(try array(depth: 1))
    case .uint64: .uint64(try integer())
    case .int64: .int64(try integer())
    case .float64: .float64(Double(bitPattern: try integer()))
    }
  }

  private mutating func array(depth: Int) throws(GGUFError) -> GGUFArray {
    guard depth <= Self.deepestNesting else {
      throw malformed(
        "arrays nested at most \(Self.deepestNesting) deep",
        found: "deeper ones at byte \(position)")
    }
    let type = try type()
    let count = try count(of: "elements of an array", leastByteCount: type.leastByteCount)
    switch type {
    case .uint8: return .uint8(try integers(count))
    case .int8: return .int8(try integers(count))
    case .uint16: return .uint16(try integers(count))
    case .int16: return .int16(try integers(count))
    case .uint32: return .uint32(try integers(count))
    case .int32: return .int32(try integers(count))
    case .uint64: return .uint64(try integers(count))
    case .int64: return .int64(try integers(count))
    case .float32: return .float32(try integers(count, UInt32.self).map(Float.init(bitPattern:)))
    case .float64: return .float64(try integers(count, UInt64.self).map(Double.init(bitPattern:)))
    case .boolean:
      return .boolean(
        try elements(count) { cursor throws(GGUFError) in try cursor.boolean() })
    case .string:
      return .string(try elements(count) { cursor throws(GGUFError) in try cursor.string() })
    case .array:
      return .array(
        try elements(count) { cursor throws(GGUFError) in try cursor.array(depth: depth + 1) })
    }
  }

  private mutating func integers<I: FixedWidthInteger>(
    _ count: Int, _ type: I.Type = I.self
  ) throws(GGUFError) -> [I] {
    try elements(count) { cursor throws(GGUFError) in try cursor.integer(I.self) }
  }

  private mutating func elements<Element>(
    _ count: Int, _ element: (inout GGUFCursor) throws(GGUFError) -> Element
  ) throws(GGUFError) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(count)
    for _ in 0..<count { result.append(try element(&self)) }
    return result
  }
}
