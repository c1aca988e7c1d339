/// Bytes of a GGUF file put together by hand, so that each part can be wrong.
struct GGUFBuilder {
  var magic: [UInt8] = Array("GGUF".utf8)
  var version: UInt32 = 3
  /// Instead of the numbers of `tensors` and `entries`.
  var tensorCount: UInt64?
  var entryCount: UInt64?
  /// Encoded keys with types and values.
  var entries: [[UInt8]] = []
  var tensors: [Tensor] = []
  var alignment = 32
  /// The bytes behind the header.
  var data: [UInt8] = []

  struct Tensor {
    var name: [UInt8] = Array("t".utf8)
    /// As in the file: a row's length first.
    var dimensions: [UInt64] = [8]
    /// Instead of the number of `dimensions`.
    var dimensionCount: UInt32?
    var type: UInt32 = 0
    var offset: UInt64 = 0
  }

  static func integer(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }

  static func string(_ text: [UInt8]) -> [UInt8] { integer(UInt64(text.count)) + text }

  static func entry(_ key: String, _ type: UInt32, _ value: [UInt8]) -> [UInt8] {
    string(Array(key.utf8)) + integer(type) + value
  }

  /// An entry of type array, whose elements are encoded already.
  static func array(
    _ key: String, _ type: UInt32, count: UInt64, _ elements: [UInt8] = []
  ) -> [UInt8] {
    entry(key, 9, integer(type) + integer(count) + elements)
  }

  var bytes: [UInt8] {
    var bytes = magic + Self.integer(version)
    bytes += Self.integer(tensorCount ?? UInt64(tensors.count))
    bytes += Self.integer(entryCount ?? UInt64(entries.count))
    bytes += entries.joined()
    for tensor in tensors {
      bytes += Self.string(tensor.name)
      bytes += Self.integer(tensor.dimensionCount ?? UInt32(tensor.dimensions.count))
      bytes += tensor.dimensions.flatMap(Self.integer)
      bytes += Self.integer(tensor.type) + Self.integer(tensor.offset)
    }
    while bytes.count % alignment != 0 { bytes.append(0) }
    return bytes + data
  }

  /// Two vectors of eight float32, and two keys.
  static var sound: GGUFBuilder {
    var builder = GGUFBuilder()
    builder.entries = [
      entry("general.architecture", 8, string(Array("openelm".utf8))),
      entry("count", 4, integer(UInt32(7))),
    ]
    builder.tensors = [
      Tensor(name: Array("first".utf8)),
      Tensor(name: Array("second".utf8), dimensions: [4, 2], offset: 32),
    ]
    builder.data = (0..<16).flatMap { integer(Float($0).bitPattern) }
    return builder
  }
}
