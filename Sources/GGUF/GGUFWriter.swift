import Files
import Kernels

/// Writes a GGUF file of version 3, tensor by tensor, never holding more than the caller hands over.
///
/// The bytes depend on the arguments alone: keys and tensors in the order given, and each tensor at a
/// multiple of 32 bytes.
public enum GGUFWriter {
  /// What is written of a tensor before its bytes.
  public struct Layout: Sendable, Equatable {
    public var name: String
    public var format: WeightFormat
    /// First dimension first; a row, which is the last, is whole blocks of the format.
    public var shape: [Int]

    public init(name: String, format: WeightFormat, shape: [Int]) {
      self.name = name
      self.format = format
      self.shape = shape
    }
  }

  /// Takes the next bytes of a tensor; they are not kept.
  public typealias Sink = (UnsafeRawBufferPointer) throws -> Void

  /// Writes the file aside, syncs it, and renames it to `path`.
  ///
  /// - Parameter bytes: Called once for each tensor, in order, with its index; it must hand all of the
  ///   tensor's bytes to the sink, in as many pieces as it likes.
  /// - Throws: ``GGUFError``, and whatever `bytes` throws; the file aside is removed.
  public static func write(
    _ layouts: [Layout], metadata: [GGUFEntry], to path: String,
    bytes: (_ index: Int, _ sink: Sink) throws -> Void
  ) throws {
    let (header, byteCounts) = try header(layouts, metadata, path: path)
    let padded = byteCounts.map { GGUFFile.aligned($0, to: GGUFFile.standardAlignment) }
    let file: AtomicFile
    do {
      file = try AtomicFile(path: path, bytesNeeded: padded.reduce(header.count, +))
    } catch { throw GGUFError.file(error) }
    let append = { (bytes: UnsafeRawBufferPointer) in
      do throws(FileError) { try file.append(bytes) } catch { throw GGUFError.file(error) }
    }
    try header.withUnsafeBytes(append)
    for (index, layout) in layouts.enumerated() {
      let start = file.checksum.byteCount
      try bytes(index, append)
      let found = file.checksum.byteCount - start
      guard found == byteCounts[index] else {
        throw GGUFError.malformed(
          path: path, place: "tensor \"\(layout.name)\"", expected: "\(byteCounts[index]) bytes",
          found: "\(found)")
      }
      try [UInt8](repeating: 0, count: padded[index] - found).withUnsafeBytes(append)
    }
    do throws(FileError) { try file.commit() } catch { throw GGUFError.file(error) }
  }

  private static func header(
    _ layouts: [Layout], _ metadata: [GGUFEntry], path: String
  ) throws(GGUFError) -> (bytes: [UInt8], byteCounts: [Int]) {
    var bytes = GGUFBytes()
    bytes.append(raw: GGUFFile.magic)
    bytes.append(UInt32(3))
    bytes.append(UInt64(layouts.count))
    bytes.append(UInt64(metadata.count))
    var keys: Set<[UInt8]> = []
    for entry in metadata {
      guard !entry.key.isEmpty, keys.insert(Array(entry.key.utf8)).inserted,
        entry.key != GGUFFile.alignmentKey
      else {
        throw .malformed(
          path: path, place: "key \"\(entry.key)\"",
          expected: "keys that are not empty, each once, and no alignment", found: "it")
      }
      bytes.append(entry.key)
      bytes.append(entry.value)
    }
    var names: Set<[UInt8]> = []
    var byteCounts: [Int] = []
    var offset = 0
    for layout in layouts {
      let byteCount = try check(layout, path: path)
      guard names.insert(Array(layout.name.utf8)).inserted else {
        throw .malformed(
          path: path, place: "tensor \"\(layout.name)\"", expected: "every name once",
          found: "it a second time")
      }
      bytes.append(layout.name)
      bytes.append(UInt32(layout.shape.count))
      for size in layout.shape.reversed() { bytes.append(UInt64(size)) }
      bytes.append(GGUFTensorType.code(of: layout.format) ?? 0)
      bytes.append(UInt64(offset))
      byteCounts.append(byteCount)
      offset = GGUFFile.aligned(offset + byteCount, to: GGUFFile.standardAlignment)
    }
    bytes.pad(to: GGUFFile.standardAlignment)
    return (bytes.bytes, byteCounts)
  }

  /// Holds that a tensor can be written, and gives its bytes.
  private static func check(_ layout: Layout, path: String) throws(GGUFError) -> Int {
    let place = "tensor \"\(layout.name)\""
    guard (1...GGUFFile.longestName).contains(layout.name.utf8.count) else {
      throw .inexpressible(
        path: path, what: place, expected: "names of 1 to \(GGUFFile.longestName) bytes",
        found: "\(layout.name.utf8.count)")
    }
    guard (1...GGUFFile.mostDimensions).contains(layout.shape.count),
      layout.shape.allSatisfy({ $0 > 0 }), let row = layout.shape.last,
      row % layout.format.blockLength == 0,
      let byteCount = layout.format.byteCount(of: layout.shape.reduce(1, *))
    else {
      throw .inexpressible(
        path: path, what: place,
        expected:
          "1 to \(GGUFFile.mostDimensions) dimensions of at least 1, the last a multiple of "
          + "\(layout.format.blockLength) in \(layout.format.rawValue)",
        found: "\(layout.shape)")
    }
    return byteCount
  }
}

/// Bytes of a header as they come together.
struct GGUFBytes {
  private(set) var bytes: [UInt8] = []

  mutating func append(raw: [UInt8]) { bytes += raw }

  mutating func append(_ integer: some FixedWidthInteger) {
    withUnsafeBytes(of: integer.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ string: String) {
    append(UInt64(string.utf8.count))
    bytes += string.utf8
  }

  mutating func pad(to alignment: Int) {
    let end = GGUFFile.aligned(bytes.count, to: alignment)
    bytes += repeatElement(0, count: end - bytes.count)
  }

  mutating func append(_ value: GGUFValue) {
    append(value.type.rawValue)
    switch value {
    case .uint8(let value): append(value)
    case .int8(let value): append(value)
    case .uint16(let value): append(value)
    case .int16(let value): append(value)
    case .uint32(let value): append(value)
    case .int32(let value): append(value)
    case .float32(let value): append(value.bitPattern)
    case .boolean(let value): append(UInt8(value ? 1 : 0))
    case .string(let value): append(value)
    case .array(let array): append(array)
    case .uint64(let value): append(value)
    case .int64(let value): append(value)
    case .float64(let value): append(value.bitPattern)
    }
  }

  private mutating func append(_ array: GGUFArray) {
    append(array.type.rawValue)
    append(UInt64(array.count))
    switch array {
    case .uint8(let values): for value in values { append(value) }
    case .int8(let values): for value in values { append(value) }
    case .uint16(let values): for value in values { append(value) }
    case .int16(let values): for value in values { append(value) }
    case .uint32(let values): for value in values { append(value) }
    case .int32(let values): for value in values { append(value) }
    case .float32(let values): for value in values { append(value.bitPattern) }
    case .boolean(let values): for value in values { append(UInt8(value ? 1 : 0)) }
    case .string(let values): for value in values { append(value) }
    case .array(let values): for value in values { append(value) }
    case .uint64(let values): for value in values { append(value) }
    case .int64(let values): for value in values { append(value) }
    case .float64(let values): for value in values { append(value.bitPattern) }
    }
  }
}
