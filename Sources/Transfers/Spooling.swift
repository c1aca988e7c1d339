import Files
import Foundation

extension TransferClient {
  /// Copies an object to a temporary file, which has no name any more when this returns, and goes
  /// when its last reader does.
  ///
  /// - Parameter limit: More bytes than this are an error.
  func spool(_ entry: RemoteEntry, limit: Int) throws(TransferError) -> FileBytes {
    let name = entry.name
    let path = "\(NSTemporaryDirectory())/samara-\(UUID().uuidString)"
    let file = try onDisk(name) { () throws(FileError) in try AtomicFile(path: path) }
    let body = ResumingBody(
      client: self, address: entry.address, from: 0, identity: entry.objectIdentity)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    defer { buffer.deallocate() }
    while case let count = try body.read(into: buffer), count > 0 {
      guard body.position <= limit else { throw .unknownSize(address: name, limit: limit) }
      try onDisk(name) { () throws(FileError) in
        try file.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
    defer { unlink(path) }
    return try onDisk(name) { () throws(FileError) in
      try file.commit()
      return try FileBytes(path: path)
    }
  }

  /// Does what concerns the disk, with its failures as those of a transfer.
  func onDisk<Result>(
    _ name: String, _ body: () throws(FileError) -> Result
  ) throws(TransferError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(address: name, error) }
  }
}
