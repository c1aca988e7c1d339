import Foundation

/// A file on disk, mapped into memory to be read.
///
/// Pages come in when they are read. The mapping lives as long as the object; the file must not be
/// cut off by another process in the meantime: reading what was lost would end the program.
public final class MappedFile: @unchecked Sendable {
  // Unchecked, since a pointer is not Sendable; the mapping is never written to.

  /// All of the file's bytes, for as long as this object lives.
  public let bytes: UnsafeRawBufferPointer

  public let path: String

  /// Maps a plain file.
  ///
  /// - Throws: ``FileError`` where the file cannot be opened or mapped, or is not a plain one.
  public init(path: String) throws(FileError) {
    self.path = path
    // Without O_NONBLOCK, a named pipe in place of the file would hang the program.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .latest("opening", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .latest("reading the size", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: path, operation: "mapping what is no plain file", code: EINVAL)
    }
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let size = Int(status.st_size)
    guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
    else { throw .latest("mapping", path) }
    bytes = UnsafeRawBufferPointer(start: base, count: size)
  }

  deinit {
    guard let base = bytes.baseAddress else { return }
    munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
  }
}
