import Foundation

/// The calls to the system that checkpoints need, with their failures as errors.
enum FileSystem {
  static func parent(of path: String) -> String {
    let parent = (path as NSString).deletingLastPathComponent
    return parent.isEmpty ? "." : parent
  }

  static func sync(
    _ descriptor: Int32, path: String, bytesNeeded: Int? = nil
  ) throws(CheckpointError) {
    while fsync(descriptor) != 0 {
      guard errno == EINTR else { throw .latest("syncing", path, bytesNeeded: bytesNeeded) }
    }
  }

  /// Syncs a file or folder by name.
  static func syncFolder(_ path: String) throws(CheckpointError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .latest("opening", path) }
    defer { close(descriptor) }
    try sync(descriptor, path: path)
  }

  /// The size of a plain file, or nil if there is something else, or nothing, at `path`.
  ///
  /// A symbolic link is something else: what it leads to is not part of a checkpoint.
  static func sizeOfPlainFile(_ path: String) -> Int? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// The checksum of a file, read in pieces.
  static func checksum(of path: String) throws(CheckpointError) -> Checksum {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .latest("opening", path) }
    defer { close(descriptor) }
    // Large enough to hide the cost of a call, small enough to stay in the cache.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var checksum = Checksum()
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .latest("reading", path) }
      if count == 0 { return checksum }
      checksum.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}
