/// Reads Thrift's compact protocol, in which a Parquet file describes itself.
///
/// What a list or a text says of its size is held against the bytes that are left, and nesting has
/// a limit: bytes cannot ask for more memory or stack than they have themselves. Fields that the
/// caller does not know are passed over, as the protocol wants it.
///
/// Source: doc/specs/thrift-compact-protocol.md of Apache Thrift.
struct ThriftReader {
  /// Parquet's own structures nest seven deep; passing over unknown ones needs room for more.
  static let maximumDepth = 32

  enum Kind: UInt8 {
    case yes = 1
    case no, int8, int16, int32, int64, double, binary, list, set, map, structure
  }

  private var cursor: ByteCursor
  private var depth = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    cursor = ByteCursor(bytes)
  }

  /// How many bytes were read.
  var position: Int { cursor.position }

  /// Reads a structure; `field` gets each field's number and kind and must read or skip its value.
  mutating func structure(
    _ field: (inout Self, Int, Kind) throws(Fault) -> Void
  ) throws(Fault) {
    try descend()
    var number = 0
    while true {
      let head = try cursor.byte()
      if head == 0 { break }
      if head >> 4 == 0 {
        number = Int(Int16(truncatingIfNeeded: try cursor.zigzag()))
      } else {
        number += Int(head >> 4)
      }
      try field(&self, number, kind(head & 0x0F))
    }
    depth -= 1
  }

  /// Reads a structure in a field of one.
  mutating func structure(
    _ kind: Kind, _ field: (inout Self, Int, Kind) throws(Fault) -> Void
  ) throws(Fault) {
    try expect(.structure, kind)
    try structure(field)
  }

  /// Reads a list; `element` must read one element of the kind that it gets.
  mutating func list(
    _ kind: Kind, begin: (Int) throws(Fault) -> Void = { _ throws(Fault) in },
    element: (inout Self, Kind) throws(Fault) -> Void
  ) throws(Fault) {
    try expect(.list, kind)
    try descend()
    let (count, elementKind) = try listHead()
    try begin(count)
    for _ in 0..<count { try element(&self, elementKind) }
    depth -= 1
  }

  mutating func int64(_ kind: Kind) throws(Fault) -> Int {
    switch kind {
    case .int16, .int32, .int64: return Int(try cursor.zigzag())
    case .int8: return Int(Int8(bitPattern: try cursor.byte()))
    default: throw .corrupt("a field is \(kind), expected a whole number")
    }
  }

  mutating func int32(_ kind: Kind) throws(Fault) -> Int {
    let value = try int64(kind)
    guard let small = Int32(exactly: value) else {
      throw .corrupt("\(value) where 32 bits are expected")
    }
    return Int(small)
  }

  func boolean(_ kind: Kind) throws(Fault) -> Bool {
    guard kind == .yes || kind == .no else {
      throw .corrupt("a field is \(kind), expected yes or no")
    }
    return kind == .yes
  }

  mutating func binary(_ kind: Kind) throws(Fault) -> UnsafeRawBufferPointer {
    try expect(.binary, kind)
    return try cursor.take(cursor.varint32())
  }

  mutating func text(_ kind: Kind) throws(Fault) -> String {
    guard let text = String(validating: try binary(kind), as: UTF8.self) else {
      throw .corrupt("a name is not UTF-8")
    }
    return text
  }

  /// Passes over a field's value.
  mutating func skip(_ kind: Kind) throws(Fault) {
    switch kind {
    case .yes, .no: break
    default: try skipElement(kind)
    }
  }

  private mutating func skipElement(_ kind: Kind) throws(Fault) {
    switch kind {
    // In lists a truth value has a byte of its own.
    case .yes, .no, .int8: _ = try cursor.byte()
    case .int16, .int32, .int64: _ = try cursor.varint()
    case .double: _ = try cursor.take(8)
    case .binary: _ = try cursor.take(cursor.varint32())
    case .list, .set:
      try descend()
      let (count, elementKind) = try listHead()
      for _ in 0..<count { try skipElement(elementKind) }
      depth -= 1
    case .map:
      try descend()
      let count = try cursor.varint32()
      guard count <= cursor.remaining else { throw .endsEarly }
      if count > 0 {
        let kinds = try cursor.byte()
        let key = try self.kind(kinds >> 4)
        let value = try self.kind(kinds & 0x0F)
        for _ in 0..<count {
          try skipElement(key)
          try skipElement(value)
        }
      }
      depth -= 1
    case .structure:
      try structure { (reader, _, kind) throws(Fault) in try reader.skip(kind) }
    }
  }

  private mutating func listHead() throws(Fault) -> (count: Int, Kind) {
    let head = try cursor.byte()
    let count = head >> 4 == 15 ? try cursor.varint32() : Int(head >> 4)
    // No element is shorter than a byte.
    guard count <= cursor.remaining else { throw .endsEarly }
    return (count, count == 0 ? .no : try kind(head & 0x0F))
  }

  private mutating func descend() throws(Fault) {
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw .corrupt("metadata nest deeper than \(Self.maximumDepth)")
    }
  }

  private func kind(_ code: UInt8) throws(Fault) -> Kind {
    guard let kind = Kind(rawValue: code) else { throw .corrupt("a field of the kind \(code)") }
    return kind
  }

  private func expect(_ expected: Kind, _ found: Kind) throws(Fault) {
    guard found == expected else { throw .corrupt("a field is \(found), expected \(expected)") }
  }
}
