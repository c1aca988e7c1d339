import Files

/// A safetensors file, mapped into memory to be read.
///
/// The layout is that of https://github.com/huggingface/safetensors#format: eight bytes with the
/// length of the header (little-endian), the header in JSON, the bytes of the tensors. Opening
/// reads the header alone, and checks all of it: nothing that the header says can lead outside
/// the file or make more memory than the file has bytes. Pages come in when they are read.
///
/// The mapping lives as long as the object. The file must not be cut off by another process in
/// the meantime: reading what was lost would end the program.
public final class SafetensorsFile: @unchecked Sendable {
  // Unchecked, since a pointer is not Sendable; the mapping is never written to.
  private let file: MappedFile
  private let data: UnsafeRawBufferPointer
  private let indices: [[UInt8]: Int]

  public let path: String

  /// The tensors in the order of their bytes.
  public let entries: [SafetensorsEntry]

  /// The strings under `__metadata__`.
  public let metadata: [String: String]

  /// Opens the file and checks its header.
  ///
  /// - Throws: ``CheckpointError`` if the file cannot be read or is not as the format says.
  public init(path: String) throws(CheckpointError) {
    file = try CheckpointError.wrapping { () throws(FileError) in try MappedFile(path: path) }
    let mapping = file.bytes
    guard mapping.count >= 8 else {
      throw .wrongFileSize(path: path, expected: 8, found: mapping.count)
    }
    let length = UInt64(littleEndian: mapping.loadUnaligned(as: UInt64.self))
    let limit = SafetensorsHeader.byteCountLimit
    guard length <= UInt64(limit) else {
      throw .headerTooLong(path: path, limit: limit, found: length)
    }
    let start = 8 + Int(length)
    guard start <= mapping.count else {
      throw .wrongFileSize(path: path, expected: start, found: mapping.count)
    }
    let header: SafetensorsHeader
    do throws(CheckpointError) {
      header = try SafetensorsHeader(
        UnsafeRawBufferPointer(rebasing: mapping[8..<start]),
        dataByteCount: mapping.count - start, path: path)
    } catch .wrongFileSize(_, let expected, let found) {
      throw .wrongFileSize(path: path, expected: start + expected, found: start + found)
    }
    data = UnsafeRawBufferPointer(rebasing: mapping[start...])
    entries = header.entries
    metadata = header.metadata
    self.path = path
    indices = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { (Array($1.name.utf8), $0) })
  }

  /// The tensor with this name.
  public func entry(named name: String) throws(CheckpointError) -> SafetensorsEntry {
    guard let index = indices[Array(name.utf8)] else {
      // A few names show which kind of model the file is of.
      throw .missingTensor(
        path: path, tensor: name, nearby: entries.prefix(5).map(\.name))
    }
    return entries[index]
  }

  /// The bytes of a tensor, in the little-endian order of the file and with no alignment.
  ///
  /// They are part of the mapping: whoever keeps them must keep this object too. Where a closure
  /// will do, ``withBytes(of:_:)`` sees to that.
  public func bytes(of name: String) throws(CheckpointError) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: data[try entry(named: name).byteRange])
  }

  /// Calls `body` with the bytes of a tensor, which are valid until it returns.
  public func withBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try withExtendedLifetime(self) { try body(bytes(of: name)) }
  }
}
