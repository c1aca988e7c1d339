import Foundation

/// A file that is either whole or not there.
enum DurableFile {
  /// Writes `bytes` beside `url`, syncs them, and renames the result to `url`.
  static func write(_ bytes: [UInt8], to url: URL) throws(StoryError) {
    let partial = url.path + ".partial-\(getpid())"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(partial) }
    do throws(StoryError) {
      try fill(descriptor, with: bytes, path: partial)
    } catch {
      close(descriptor)
      unlink(partial)
      throw error
    }
    guard close(descriptor) == 0, rename(partial, url.path) == 0 else {
      let error = failure(url.path)
      unlink(partial)
      throw error
    }
    // The new name is on disk only when the folder is.
    let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { throw failure(url.path) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw failure(url.path) }
  }

  private static func fill(
    _ descriptor: Int32, with bytes: [UInt8], path: String
  ) throws(StoryError) {
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Foundation.write(descriptor, buffer.baseAddress.map { $0 + offset }, bytes.count - offset)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(path) }
      offset += count
    }
    guard fsync(descriptor) == 0 else { throw failure(path) }
  }

  private static func failure(_ path: String) -> StoryError {
    .cannotWrite(path: path, reason: String(cString: strerror(errno)))
  }
}
