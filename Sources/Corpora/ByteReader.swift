#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A source of bytes, read from front to back.
public protocol ByteReader: AnyObject {
  /// Fills the front of `buffer` and returns how many bytes it wrote: at least one, or zero at the
  /// end.
  ///
  /// - Precondition: `buffer` is not empty.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CorpusError) -> Int

  /// Passes over `count` bytes; returns how many there were, fewer only at the end.
  func skip(_ count: Int) throws(CorpusError) -> Int
}

extension ByteReader {
  /// Passes over bytes by reading them, as decompressors must.
  public func skip(_ count: Int) throws(CorpusError) -> Int {
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, min(count, readSize)), alignment: 16)
    defer { scratch.deallocate() }
    var skipped = 0
    while skipped < count {
      let wanted = min(scratch.count, count - skipped)
      let got = try read(into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<wanted]))
      if got == 0 { break }
      skipped += got
    }
    return skipped
  }
}

/// Bytes asked of the system at a time: large enough that the calls cost nothing beside the
/// copying, small enough to stay in a second-level cache.
let readSize = 256 << 10

/// Reads a regular file.
public final class FileByteReader: ByteReader {
  /// The file's path, for messages.
  public let path: String
  private let descriptor: Int32

  /// Opens the file.
  ///
  /// - Throws: `CorpusError.missingFile`, `.unreadable`.
  public init(path: String) throws(CorpusError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw .missingFile(path: path) }
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    #if canImport(Glibc)
      posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    #endif
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Reads what the system gives, at most the buffer's size.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(CorpusError) -> Int {
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #else
        let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 { return count }
      guard errno == EINTR else {
        throw .unreadable(path: path, reason: String(cString: strerror(errno)))
      }
    }
  }

  /// Moves the file position, without reading.
  public func skip(_ count: Int) throws(CorpusError) -> Int {
    var status = stat()
    let position = lseek(descriptor, 0, SEEK_CUR)
    guard position >= 0, fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    let skipped = max(0, min(count, Int(status.st_size) - Int(position)))
    guard lseek(descriptor, off_t(skipped), SEEK_CUR) >= 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    return skipped
  }
}
