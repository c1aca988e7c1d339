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
  private let expectedByteCount: Int?
  private var position = 0

  /// Opens the file.
  ///
  /// - Parameter expectedByteCount: the size that it had when the corpus was listed. A file that has
  ///   another when it is read, or comes to have another, is an error: what was read of it would
  ///   not be read again.
  /// - Throws: `CorpusError.missingFile`, `.unreadable`, `.fileChanged`.
  public init(path: String, expectedByteCount: Int? = nil) throws(CorpusError) {
    self.path = path
    self.expectedByteCount = expectedByteCount
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw .missingFile(path: path) }
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    #if canImport(Glibc)
      posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    #endif
    let size = try size()
    if let expectedByteCount, size != expectedByteCount { throw changed(to: size) }
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
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw .unreadable(path: path, reason: String(cString: strerror(errno)))
      }
      position += count
      if let expectedByteCount {
        let isWhole = count > 0 ? position <= expectedByteCount : position == expectedByteCount
        guard isWhole else { throw changed(to: try size()) }
      }
      return count
    }
  }

  /// Moves the file position, without reading.
  public func skip(_ count: Int) throws(CorpusError) -> Int {
    let skipped = max(0, min(count, try size() - position))
    guard lseek(descriptor, off_t(skipped), SEEK_CUR) >= 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    position += skipped
    return skipped
  }

  private func size() throws(CorpusError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    return Int(status.st_size)
  }

  private func changed(to size: Int) -> CorpusError {
    .fileChanged(path: path, listed: expectedByteCount ?? size, found: size)
  }
}
