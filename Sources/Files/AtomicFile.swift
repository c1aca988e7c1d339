import Foundation

/// A file that appears under its name only when it is whole and on the disk.
///
/// It is written beside its final place, synced, and renamed; then the folder is synced, since
/// the new name is on disk only when the folder is. If anything fails, or the value is released
/// before ``commit()``, the file beside is removed, and an older file of that name is untouched.
public final class AtomicFile {
  public let path: String
  private let partialPath: String
  private let bytesNeeded: Int?
  private var descriptor: Int32
  private var pending: [UInt8] = []

  /// The checksum and number of the bytes written so far.
  public private(set) var checksum = Checksum()

  /// Small writes are gathered up to this size; above it a call costs less than its copying.
  private static let bufferSize = 1 << 18

  /// Opens a file to be written to `path`.
  ///
  /// - Parameter bytesNeeded: The size that the file will have, if it is known. The disk is asked
  ///   for it now, so that a full one is found before hours are spent on writing.
  /// - Throws: ``FileError``.
  public init(path: String, bytesNeeded: Int? = nil) throws(FileError) {
    self.path = path
    self.bytesNeeded = bytesNeeded
    partialPath = "\(path).partial-\(getpid())"
    descriptor = open(partialPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .latest("creating the file", path) }
    #if os(Linux)
      if let bytesNeeded, bytesNeeded > 0 {
        let code = posix_fallocate(descriptor, 0, off_t(bytesNeeded))
        // Other codes mean that the file system cannot reserve room, not that it has none.
        if [ENOSPC, EDQUOT, EFBIG].contains(code) {
          discard()
          throw FileError(
            path: path, operation: "reserving room", code: code, bytesNeeded: bytesNeeded)
        }
      }
    #endif
  }

  deinit { discard() }

  /// Writes `bytes` to `path` at once.
  public static func write(
    _ bytes: some Collection<UInt8>, to path: String
  ) throws(FileError) {
    let file = try AtomicFile(path: path, bytesNeeded: bytes.count)
    // An array has contiguous storage, whatever the collection has.
    let array = Array(bytes)
    try array.withUnsafeBufferPointer { buffer throws(FileError) in
      try file.append(UnsafeRawBufferPointer(buffer))
    }
    try file.commit()
  }

  public func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    precondition(descriptor >= 0, "\(path): bytes are appended after the file was closed")
    checksum.append(bytes)
    if pending.count + bytes.count <= Self.bufferSize {
      pending.append(contentsOf: bytes)
    } else {
      try flush()
      try writeAll(bytes)
    }
  }

  /// Syncs the file and gives it its name.
  public func commit() throws(FileError) {
    do throws(FileError) {
      try flush()
      // What was reserved and not used must not stay as zeros at the end.
      guard ftruncate(descriptor, off_t(checksum.byteCount)) == 0 else {
        throw FileError.latest("setting the size", path, bytesNeeded: bytesNeeded)
      }
      try FileSystem.sync(descriptor, path: path, bytesNeeded: bytesNeeded)
      let open = descriptor
      descriptor = -1
      guard close(open) == 0, rename(partialPath, path) == 0 else {
        throw FileError.latest("naming the file", path, bytesNeeded: bytesNeeded)
      }
    } catch {
      discard()
      unlink(partialPath)
      throw error
    }
    try FileSystem.syncFolder(FileSystem.parent(of: path))
  }

  private func discard() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    unlink(partialPath)
  }

  private func flush() throws(FileError) {
    let bytes = pending
    pending.removeAll(keepingCapacity: true)
    try bytes.withUnsafeBufferPointer { buffer throws(FileError) in
      try writeAll(UnsafeRawBufferPointer(buffer))
    }
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let error = FileError.latest(
          "writing", path, bytesNeeded: bytesNeeded ?? checksum.byteCount)
        discard()
        throw error
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}
