/// Builds one protocol buffers message, field by field.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ number: Int, _ value: Int32) {
    key(number, wireType: 0)
    // Negative integers are sign-extended to ten bytes, as the format asks.
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func append(_ number: Int, _ value: Bool) {
    append(number, value ? 1 : 0 as Int32)
  }

  mutating func append(_ number: Int, _ value: Float) {
    key(number, wireType: 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ number: Int, _ value: [UInt8]) {
    key(number, wireType: 2)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func append(_ number: Int, _ value: String) {
    append(number, Array(value.utf8))
  }

  mutating func append(_ number: Int, _ message: ProtobufWriter) {
    append(number, message.bytes)
  }

  /// Appends fields that were kept as they stood in a file.
  mutating func append(encodedFields: [UInt8]) {
    bytes.append(contentsOf: encodedFields)
  }

  private mutating func key(_ number: Int, wireType: UInt64) {
    varint(UInt64(number) << 3 | wireType)
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
