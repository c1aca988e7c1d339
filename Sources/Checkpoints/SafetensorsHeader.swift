/// The header of a safetensors file: what its tensors are and where.
struct SafetensorsHeader {
  /// The tensors in the order of their bytes.
  var entries: [SafetensorsEntry] = []
  var metadata: [String: String] = [:]

  /// The limit that the format sets, in bytes.
  static let byteCountLimit = 100_000_000

  /// The name in the header that is not a tensor's.
  static let metadataName = "__metadata__"

  /// Reads and checks a header for a file with `dataByteCount` bytes after it.
  init(
    _ bytes: UnsafeRawBufferPointer, dataByteCount: Int, path: String
  ) throws(CheckpointError) {
    var scanner = SafetensorsHeaderScanner(bytes: bytes, path: path)
    guard bytes.first == UInt8(ascii: "{") else {
      throw scanner.failure("\"{\" at its first byte")
    }
    var entries: [SafetensorsEntry] = []
    var metadata: [String: String] = [:]
    try scanner.object { (scanner, name) throws(CheckpointError) in
      scanner.tensor = name
      if name == Self.metadataName {
        try scanner.object { (scanner, key) throws(CheckpointError) in
          metadata[key] = try scanner.string()
        }
      } else {
        entries.append(try Self.entry(named: name, from: &scanner, path: path))
      }
      scanner.tensor = nil
    }
    try scanner.expectEnd()
    // Empty tensors come before a full one that begins where they are.
    entries.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound)
        < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    try Self.checkLayout(entries, dataByteCount: dataByteCount, path: path)
    self.entries = entries
    self.metadata = metadata
  }

  private static func entry(
    named name: String, from scanner: inout SafetensorsHeaderScanner, path: String
  ) throws(CheckpointError) -> SafetensorsEntry {
    var type: SafetensorsElementType?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { (scanner, member) throws(CheckpointError) in
      switch member {
      case "dtype":
        let found = try scanner.string()
        type = SafetensorsElementType(rawValue: found)
        guard type != nil else {
          let known = SafetensorsElementType.allCases.map(\.rawValue).joined(separator: ", ")
          throw scanner.failure("a dtype out of \(known)", found: "\"\(found)\"")
        }
      case "shape": shape = try scanner.integers()
      case "data_offsets": offsets = try scanner.integers()
      default: throw scanner.failure("dtype, shape or data_offsets", found: "\"\(member)\"")
      }
    }
    guard let type, let shape, let offsets else {
      throw scanner.failure("dtype, shape and data_offsets", found: "not all of them")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw scanner.failure("data_offsets of a begin and an end", found: "\(offsets.prefix(4))")
    }
    guard let byteCount = type.byteCount(shape: shape) else {
      throw scanner.failure("a shape of fewer than 2⁶³ bytes", found: "\(shape.prefix(8))")
    }
    guard offsets[1] - offsets[0] == byteCount else {
      throw .wrongByteCount(
        path: path, tensor: name, expected: byteCount, found: offsets[1] - offsets[0])
    }
    return SafetensorsEntry(
      name: name, type: type, shape: shape, byteRange: offsets[0]..<offsets[1])
  }

  /// Holds that the tensors fill the data without a gap, an overlap, or a rest.
  private static func checkLayout(
    _ entries: [SafetensorsEntry], dataByteCount: Int, path: String
  ) throws(CheckpointError) {
    var end = 0
    for entry in entries {
      guard entry.byteRange.lowerBound == end else {
        throw .wrongOffset(
          path: path, tensor: entry.name, expected: end, found: entry.byteRange.lowerBound)
      }
      end = entry.byteRange.upperBound
    }
    guard end == dataByteCount else {
      throw .wrongFileSize(path: path, expected: end, found: dataByteCount)
    }
  }
}
