import Foundation

/// Calls to the system about files and folders, with their failures as errors.
package enum FileSystem {
  /// The folder that a path stands in: `.` for a bare name, `/` for what stands at the top.
  ///
  /// Foundation's own `deletingLastPathComponent` traps on `.`.
  package static func parent(of path: String) -> String {
    var rest = path[...]
    while rest.count > 1, rest.hasSuffix("/") { rest.removeLast() }
    guard let slash = rest.lastIndex(of: "/") else { return "." }
    rest = rest[..<slash]
    while rest.hasSuffix("/") { rest.removeLast() }
    return rest.isEmpty ? "/" : String(rest)
  }

  static func sync(
    _ descriptor: Int32, path: String, bytesNeeded: Int? = nil
  ) throws(FileError) {
    while fsync(descriptor) != 0 {
      guard errno == EINTR else { throw .latest("syncing", path, bytesNeeded: bytesNeeded) }
    }
  }

  /// Syncs a file or folder by name.
  package static func syncFolder(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .latest("opening", path) }
    defer { close(descriptor) }
    // EINVAL: some file systems cannot sync a folder; the files in it are safe already.
    while fsync(descriptor) != 0, errno != EINVAL {
      guard errno == EINTR else { throw .latest("syncing", path) }
    }
  }

  /// Makes a folder and those above it that lack; one that is there already is left as it is.
  package static func makeFolder(_ path: String) throws(FileError) {
    guard mkdir(path, 0o777) != 0 else { return }
    var failure = FileError.latest("making the folder", path)
    if isFolder(path) { return }
    let parent = parent(of: path)
    if failure.code == ENOENT, parent != path {
      try makeFolder(parent)
      // Another process may make the same folder at the same time.
      guard mkdir(path, 0o777) != 0, errno != EEXIST else { return }
      throw .latest("making the folder", path)
    }
    // That something exists says less than that it is no folder.
    if failure.code == EEXIST { failure.code = ENOTDIR }
    throw failure
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The size of a plain file, or nil if there is something else, or nothing, at `path`.
  ///
  /// A symbolic link is something else: what it leads to is not part of its folder.
  package static func sizeOfPlainFile(_ path: String) -> Int? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// The checksum of a file, read in pieces.
  package static func checksum(of path: String) throws(FileError) -> Checksum {
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
