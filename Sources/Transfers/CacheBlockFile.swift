import Files
import Foundation

/// A block on disk: `SAMCACH1`, its key, its length, its CRC-32, and its bytes.
struct CacheBlockFile {
  enum Outcome {
    case found([UInt8])
    /// There is a file that is not what it should be.
    case damaged
    case absent
  }

  static let headerByteCount = 56
  private static let magic = Array("SAMCACH1".utf8)

  var path: String
  /// The 32 bytes that name the block.
  var key: [UInt8]

  /// Reads the file, and marks it as used.
  func read(byteCount: Int) -> Outcome {
    let file: FileBytes
    do throws(FileError) { file = try FileBytes(path: path) } catch {
      return error.code == ENOENT || error.code == ENOTDIR ? .absent : .damaged
    }
    // Nothing is allocated that the block cannot need.
    guard file.byteCount == byteCount + Self.headerByteCount else { return .damaged }
    var header = [UInt8](repeating: 0, count: Self.headerByteCount)
    let bytes: [UInt8]
    do {
      try header.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
      bytes = try [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
        try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: Self.headerByteCount)
        count = byteCount
      }
    } catch {
      return .damaged
    }
    guard header == self.header(of: bytes) else { return .damaged }
    // The time of use orders what is removed when room is needed.
    utimensat(AT_FDCWD, path, nil, 0)
    return .found(bytes)
  }

  func write(_ bytes: [UInt8]) throws(FileError) {
    let file = try AtomicFile(path: path, bytesNeeded: bytes.count + Self.headerByteCount)
    for part in [header(of: bytes), bytes] {
      try part.withUnsafeBufferPointer { part throws(FileError) in
        try file.append(UnsafeRawBufferPointer(part))
      }
    }
    try file.commit()
  }

  private func header(of bytes: [UInt8]) -> [UInt8] {
    var checksum = Checksum()
    bytes.withUnsafeBytes { checksum.append($0) }
    var header = Self.magic + key
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { header += $0 }
    withUnsafeBytes(of: UInt64(checksum.value).littleEndian) { header += $0 }
    return header
  }
}
