import Files

/// Writes a safetensors file tensor by tensor, never holding more than the caller hands over.
///
/// The bytes depend on the arguments alone: tensors in the order given, metadata sorted by the
/// bytes of its keys, and spaces after the header so that the data begin at a multiple of eight.
public enum SafetensorsWriter {
  /// What is written of a tensor before its bytes.
  public struct Layout: Sendable, Equatable {
    public var name: String
    public var type: SafetensorsElementType
    public var shape: [Int]

    public init(name: String, type: SafetensorsElementType, shape: [Int]) {
      self.name = name
      self.type = type
      self.shape = shape
    }
  }

  /// Takes the next bytes of a tensor, little-endian; they are not kept.
  public typealias Sink = (UnsafeRawBufferPointer) throws -> Void

  /// Writes the file aside, syncs it, and renames it to `path`.
  ///
  /// - Parameter bytes: Called once for each layout, in order, with its index; it must hand all of
  ///   the tensor's bytes to the sink, in as many pieces as it likes.
  /// - Returns: The checksum and size of the file.
  /// - Throws: `FileError`, ``CheckpointError``, and whatever `bytes` throws; the file aside is
  ///   removed.
  @discardableResult
  public static func write(
    _ layouts: [Layout], metadata: [String: String] = [:], to path: String,
    bytes: (_ index: Int, _ sink: Sink) throws -> Void
  ) throws -> Checksum {
    let (header, dataByteCount) = try header(layouts, metadata: metadata, path: path)
    let file = try AtomicFile(path: path, bytesNeeded: header.count + dataByteCount)
    try header.withUnsafeBytes { try file.append($0) }
    for (index, layout) in layouts.enumerated() {
      let start = file.checksum.byteCount
      let expected = layout.type.byteCount(shape: layout.shape) ?? 0
      try bytes(index) { piece in
        try file.append(piece)
        let found = file.checksum.byteCount - start
        guard found <= expected else {
          throw CheckpointError.wrongByteCount(
            path: path, tensor: layout.name, expected: expected, found: found)
        }
      }
      let found = file.checksum.byteCount - start
      guard found == expected else {
        throw CheckpointError.wrongByteCount(
          path: path, tensor: layout.name, expected: expected, found: found)
      }
    }
    try file.commit()
    return file.checksum
  }

  /// The length and header of a file, and the number of bytes that follow.
  private static func header(
    _ layouts: [Layout], metadata: [String: String], path: String
  ) throws(CheckpointError) -> ([UInt8], Int) {
    var names: Set<[UInt8]> = [Array(SafetensorsHeader.metadataName.utf8)]
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\"\(SafetensorsHeader.metadataName)\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for layout in layouts {
      guard names.insert(Array(layout.name.utf8)).inserted else {
        throw .duplicateName(path: path, tensor: layout.name)
      }
      guard let count = layout.type.byteCount(shape: layout.shape),
        case let (end, overflow) = offset.addingReportingOverflow(count), !overflow
      else {
        throw .invalidRequest(
          path: path, expected: "a shape of 0 or more and fewer than 2⁶³ bytes in all",
          found: "\(layout.shape) for tensor \"\(layout.name)\"")
      }
      let shape = layout.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(layout.name)):{\"dtype\":\"\(layout.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    json += Array(repeating: 0x20, count: (8 - json.count % 8) % 8)
    guard json.count <= SafetensorsHeader.byteCountLimit else {
      throw .headerTooLong(
        path: path, limit: SafetensorsHeader.byteCountLimit, found: UInt64(json.count))
    }
    let length = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) }
    return (length + json, offset)
  }

  private static func quoted(_ string: String) -> String {
    var result = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
