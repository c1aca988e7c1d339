import Files
import Kernels

/// A GGUF file, mapped into memory: typed metadata, and tensors that are read where they lie.
///
/// Format: `docs/gguf.md` of github.com/ggml-org/ggml, versions 2 and 3, little-endian. Everything
/// that the file says is held against its size before it is believed; a tensor begins where the one
/// before it ends, rounded up to the alignment, as llama.cpp asks too, so that none overlap and none
/// leave gaps. Memory is in proportion to the file's metadata.
public final class GGUFFile: Sendable {
  public let path: String
  public let version: Int
  /// In the order of the file.
  public let metadata: [GGUFEntry]
  /// In the order of the file.
  public let tensors: [GGUFTensor]

  private let file: MappedFile
  private let values: [[UInt8]: GGUFValue]
  private let places: [[UInt8]: Int]

  static let magic: [UInt8] = Array("GGUF".utf8)
  static let alignmentKey = "general.alignment"
  static let standardAlignment = 32
  /// Names of 64 bytes and more are refused by llama.cpp (`GGML_MAX_NAME`).
  static let longestName = 63
  static let mostDimensions = 4
  /// A key, a type and a value of one byte; a name, a dimension, a type and an offset.
  private static let leastEntryByteCount = 8 + 1 + 4 + 1
  private static let leastTensorByteCount = 8 + 1 + 4 + 8 + 4 + 8
  private static let dimensions = "dimensions of at least 1 whose product fits 63 bits"

  /// Maps a file and reads all but its tensors' numbers.
  ///
  /// - Throws: ``GGUFError``.
  public init(path: String) throws(GGUFError) {
    self.path = path
    do { file = try MappedFile(path: path) } catch { throw .file(error) }
    let start = Array(file.bytes.prefix(4))
    guard start == Self.magic else { throw .wrongMagic(path: path, found: start) }
    var cursor = GGUFCursor(file.bytes, path: path, position: 4)
    version = try Self.version(cursor.integer(), path: path)
    // Both counts come before what they count; the entries come first.
    let tensorCount = try cursor.count(of: "tensors", leastByteCount: Self.leastTensorByteCount)
    let entryCount = try cursor.count(of: "keys", leastByteCount: Self.leastEntryByteCount)
    (metadata, values) = try Self.entries(entryCount, &cursor)
    let alignment = try Self.alignment(values, path: path)
    (tensors, places) = try Self.tensors(tensorCount, &cursor, alignment: alignment)
  }

  private static func version(_ found: UInt32, path: String) throws(GGUFError) -> Int {
    switch found {
    case 2, 3: return Int(found)
    case 1: throw .unsupportedVersion(path: path, found: "version 1, which is obsolete")
    case UInt32(1).byteSwapped, UInt32(2).byteSwapped, UInt32(3).byteSwapped:
      throw .unsupportedVersion(
        path: path, found: "version \(found.byteSwapped) in big-endian order")
    default: throw .unsupportedVersion(path: path, found: "version \(found)")
    }
  }

  private static func entries(
    _ count: Int, _ cursor: inout GGUFCursor
  ) throws(GGUFError) -> ([GGUFEntry], [[UInt8]: GGUFValue]) {
    var entries: [GGUFEntry] = []
    var values: [[UInt8]: GGUFValue] = [:]
    for index in 0..<count {
      cursor.place = "key \(index + 1) of \(count)"
      let key = try cursor.string()
      guard !key.isEmpty else { throw cursor.malformed("a key", found: "an empty one") }
      cursor.place = "key \"\(key.prefix(200))\""
      let value = try cursor.value()
      guard values.updateValue(value, forKey: Array(key.utf8)) == nil else {
        throw cursor.malformed("every key once", found: "it a second time")
      }
      entries.append(GGUFEntry(key, value))
    }
    return (entries, values)
  }

  private static func alignment(
    _ values: [[UInt8]: GGUFValue], path: String
  ) throws(GGUFError) -> Int {
    guard let value = values[Array(alignmentKey.utf8)] else { return standardAlignment }
    guard case .uint32(let found) = value, found > 0, found & (found - 1) == 0 else {
      throw .malformed(
        path: path, place: "key \"\(alignmentKey)\"",
        expected: "a power of two of type uint32", found: value.summary)
    }
    return Int(found)
  }

  private static func tensors(
    _ count: Int, _ cursor: inout GGUFCursor, alignment: Int
  ) throws(GGUFError) -> ([GGUFTensor], [[UInt8]: Int]) {
    var found: [(name: String, format: WeightFormat, shape: [Int], byteCount: Int)] = []
    var places: [[UInt8]: Int] = [:]
    // Offsets count from where the data begin, which is known only when all have been read.
    var offset = 0
    var previous: String?
    var offsets: [Int] = []
    for index in 0..<count {
      cursor.place = "tensor \(index + 1) of \(count)"
      let (name, format, shape, byteCount) = try tensor(&cursor)
      guard places.updateValue(index, forKey: Array(name.utf8)) == nil else {
        throw cursor.malformed("every name once", found: "it a second time")
      }
      let place = try cursor.integer(UInt64.self)
      guard place == UInt64(offset) else {
        let end = previous.map { "where \"\($0)\" ends, at a multiple of \(alignment)" }
        throw cursor.malformed(
          "the offset \(offset)\(end.map { ", \($0)" } ?? "")", found: "\(place)")
      }
      found.append((name, format, shape, byteCount))
      offsets.append(offset)
      // Sums stay below twice the file's size, or the next line ends it.
      guard byteCount <= cursor.fileByteCount - offset else {
        throw cursor.malformed(
          "\(byteCount) bytes of data from offset \(offset) on",
          found: "a file of \(cursor.fileByteCount) bytes")
      }
      offset = aligned(offset + byteCount, to: alignment)
      previous = name
    }
    let start = aligned(cursor.position, to: alignment)
    let tensors = try zip(found, offsets).map { tensor, offset throws(GGUFError) in
      let range = start + offset..<start + offset + tensor.byteCount
      cursor.place = "tensor \"\(tensor.name)\""
      guard range.upperBound <= cursor.fileByteCount else {
        throw cursor.malformed(
          "its data in bytes \(range)", found: "a file of \(cursor.fileByteCount) bytes")
      }
      return GGUFTensor(
        name: tensor.name, format: tensor.format, shape: tensor.shape, byteRange: range)
    }
    return (tensors, places)
  }

  private static func tensor(
    _ cursor: inout GGUFCursor
  ) throws(GGUFError) -> (name: String, format: WeightFormat, shape: [Int], byteCount: Int) {
    let name = try cursor.string()
    guard (1...longestName).contains(name.utf8.count) else {
      throw cursor.malformed(
        "a name of 1 to \(longestName) bytes", found: "one of \(name.utf8.count)")
    }
    cursor.place = "tensor \"\(name)\""
    let count = try cursor.integer(UInt32.self)
    guard (1...UInt32(mostDimensions)).contains(count) else {
      throw cursor.malformed("1 to \(mostDimensions) dimensions", found: "\(count)")
    }
    var shape: [Int] = []
    var elementCount = 1
    for _ in 0..<count {
      let size = try cursor.integer(UInt64.self)
      guard let length = Int(exactly: size), length > 0 else {
        throw cursor.malformed(Self.dimensions, found: "\(size) after \(shape)")
      }
      let (product, overflow) = elementCount.multipliedReportingOverflow(by: length)
      guard !overflow else {
        throw cursor.malformed(Self.dimensions, found: "\(size) after \(shape)")
      }
      elementCount = product
      shape.append(length)
    }
    let code = try cursor.integer(UInt32.self)
    guard let format = GGUFTensorType.format(of: code) else {
      throw .unsupportedType(
        path: cursor.filePath, tensor: name, found: GGUFTensorType.name(of: code))
    }
    guard shape[0] % format.blockLength == 0, let byteCount = format.byteCount(of: elementCount)
    else {
      throw cursor.malformed(
        "rows of whole blocks of \(format.blockLength) numbers in \(format.rawValue)",
        found: "rows of \(shape[0])")
    }
    return (name, format, shape.reversed(), byteCount)
  }

  /// The next multiple of an alignment, which is a power of two; both are far from 2⁶³.
  static func aligned(_ offset: Int, to alignment: Int) -> Int {
    (offset + alignment - 1) & ~(alignment - 1)
  }

  /// The value of a key, or nil if there is none.
  public func value(of key: String) -> GGUFValue? { values[Array(key.utf8)] }

  /// The tensor of a name, or nil if there is none.
  public func tensor(_ name: String) -> GGUFTensor? {
    places[Array(name.utf8)].map { tensors[$0] }
  }

  /// Calls `body` with a tensor's numbers, where they lie in the file; the tensor is one of this file's.
  public func withPart<Result>(
    of tensor: GGUFTensor, _ body: (WeightPart) throws -> Result
  ) rethrows -> Result {
    precondition(
      tensor.byteRange.upperBound <= file.bytes.count,
      "\(path): tensor \"\(tensor.name)\" of another file")
    return try withExtendedLifetime(file) {
      try body(
        WeightPart(
          format: tensor.format, elementCount: tensor.elementCount,
          bytes: UnsafeRawBufferPointer(rebasing: file.bytes[tensor.byteRange])))
    }
  }
}
