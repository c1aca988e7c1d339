import Foundation

/// Writes a file so that a crash leaves either the old one or the new one, whole.
enum DurableFile {
  /// Writes aside, syncs, renames, and syncs the folder; folders that lack are made.
  static func replaceContents(of path: String, with bytes: Data) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw EvaluationError.cannotWrite(path: path, reason: error.localizedDescription)
    }
    let aside = "\(path).\(getpid()).partial"
    let descriptor = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    do {
      try writeAll(bytes, to: descriptor, path: path)
      guard fsync(descriptor) == 0 else { throw failure(path) }
    } catch {
      close(descriptor)
      unlink(aside)
      throw error
    }
    guard close(descriptor) == 0, rename(aside, path) == 0 else {
      let error = failure(path)
      unlink(aside)
      throw error
    }
    let folderDescriptor = open(folder, O_RDONLY | O_CLOEXEC)
    if folderDescriptor >= 0 {
      // Some file systems cannot sync a folder; the file itself is already safe.
      _ = fsync(folderDescriptor)
      close(folderDescriptor)
    }
  }

  private static func writeAll(_ bytes: Data, to descriptor: Int32, path: String) throws {
    try bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          throw failure(path)
        }
        rest = rest.dropFirst(count)
      }
    }
  }

  private static func failure(_ path: String) -> EvaluationError {
    .cannotWrite(path: path, reason: String(cString: strerror(errno)))
  }
}
