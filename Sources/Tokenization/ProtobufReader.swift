/// A break of the protocol buffers wire format, before the file's path is known.
struct WireFormatError: Error {
  var offset: Int
  var expected: String
  var found: String
}

/// One field of a message, with its place in the file.
struct ProtobufField {
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(Range<Int>)
  }

  var number: Int
  var value: Value
  /// Key and value together, so that an unknown field can be kept as it stands.
  var range: Range<Int>
}

/// Reads the fields of one message in file order, never past its end.
///
/// Wire format: protobuf.dev/programming-guides/encoding. Groups (wire types 3 and 4) are refused:
/// no SentencePiece version has written them.
struct ProtobufReader {
  let bytes: [UInt8]
  private(set) var position: Int
  let end: Int

  package init(_ bytes: [UInt8]) {
    self.init(bytes, range: 0..<bytes.count)
  }

  package init(_ bytes: [UInt8], range: Range<Int>) {
    precondition(range.upperBound <= bytes.count, "range \(range) in \(bytes.count) bytes")
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// Returns the next field, or nil at the message's end.
  mutating func next() throws(WireFormatError) -> ProtobufField? {
    guard position < end else { return nil }
    let start = position
    let key = try varint()
    let number = key >> 3
    guard (1..<(1 << 29)).contains(number) else {
      throw WireFormatError(
        offset: start, expected: "a field number from 1 to 2^29 - 1", found: "\(number)")
    }
    let value: ProtobufField.Value
    switch key & 7 {
    case 0:
      value = .varint(try varint())
    case 1:
      value = .fixed64(try fixed(byteCount: 8))
    case 2:
      let lengthOffset = position
      let length = try varint()
      guard length <= UInt64(end - position) else {
        throw WireFormatError(
          offset: lengthOffset, expected: "a length of at most \(end - position) bytes",
          found: "\(length)")
      }
      let stop = position + Int(length)
      value = .bytes(position..<stop)
      position = stop
    case 5:
      value = .fixed32(UInt32(truncatingIfNeeded: try fixed(byteCount: 4)))
    default:
      throw WireFormatError(
        offset: start, expected: "a wire type of 0, 1, 2 or 5", found: "\(key & 7)")
    }
    return ProtobufField(number: Int(number), value: value, range: start..<position)
  }

  private mutating func varint() throws(WireFormatError) -> UInt64 {
    let start = position
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while position < end {
      let byte = bytes[position]
      position += 1
      if shift == 63 && byte > 1 { break }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
      shift += 7
    }
    throw WireFormatError(
      offset: start, expected: "a variable-length integer",
      found: position == end ? "the end of its message" : "more than 64 bits")
  }

  private mutating func fixed(byteCount: Int) throws(WireFormatError) -> UInt64 {
    guard end - position >= byteCount else {
      throw WireFormatError(
        offset: position, expected: "\(byteCount) bytes of a number",
        found: "\(end - position) bytes before the end of its message")
    }
    var result: UInt64 = 0
    for index in 0..<byteCount {
      result |= UInt64(bytes[position + index]) << UInt64(8 * index)
    }
    position += byteCount
    return result
  }
}

extension ProtobufReader {
  private func mismatch(_ field: ProtobufField, _ expected: String) -> WireFormatError {
    let found =
      switch field.value {
      case .varint: "a variable-length integer"
      case .fixed64: "a 64-bit number"
      case .fixed32: "a 32-bit number"
      case .bytes: "a length-delimited value"
      }
    return WireFormatError(
      offset: field.range.lowerBound, expected: "\(expected) in field \(field.number)",
      found: found)
  }

  func integer(_ field: ProtobufField) throws(WireFormatError) -> Int32 {
    guard case .varint(let value) = field.value else { throw mismatch(field, "an integer") }
    return Int32(truncatingIfNeeded: value)
  }

  func boolean(_ field: ProtobufField) throws(WireFormatError) -> Bool {
    guard case .varint(let value) = field.value else { throw mismatch(field, "a Boolean") }
    return value != 0
  }

  func float(_ field: ProtobufField) throws(WireFormatError) -> Float {
    guard case .fixed32(let value) = field.value else { throw mismatch(field, "a float") }
    return Float(bitPattern: value)
  }

  func byteString(_ field: ProtobufField) throws(WireFormatError) -> [UInt8] {
    Array(bytes[try byteRange(field)])
  }

  func byteRange(_ field: ProtobufField) throws(WireFormatError) -> Range<Int> {
    guard case .bytes(let range) = field.value else {
      throw mismatch(field, "a length-delimited value")
    }
    return range
  }

  /// Returns a reader of the message that `field` holds.
  func message(_ field: ProtobufField) throws(WireFormatError) -> ProtobufReader {
    ProtobufReader(bytes, range: try byteRange(field))
  }
}
