import Foundation

/// Bytes that can be read from any place on: a file on disk, or an object on a server.
///
/// Any number of threads may read at once.
public protocol RandomAccessBytes: AnyObject, Sendable {
  /// What messages call it: a path or an address.
  var name: String { get }

  /// Its size in bytes.
  var byteCount: Int { get }

  /// Fills `buffer` with the bytes from `offset` on.
  ///
  /// A range that is not within the object is an error, as is an object that has become shorter.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(ByteAccessError)
}

/// Bytes that could not be read: whose, which, and why.
public struct ByteAccessError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The path or address.
  public var name: String
  /// The first byte that was asked for.
  public var offset: Int
  /// How many were asked for.
  public var count: Int
  /// What was found instead, and what to do about it.
  public var reason: String

  public init(name: String, offset: Int, count: Int, reason: String) {
    self.name = name
    self.offset = offset
    self.count = count
    self.reason = reason
  }

  public var description: String {
    "\(name): bytes \(offset)..<\(offset + count) cannot be read: \(reason)"
  }
}

/// A file on disk, opened once and read from any place on.
public final class FileBytes: RandomAccessBytes {
  public let name: String
  public let byteCount: Int
  private let descriptor: Int32

  /// - Throws: ``FileError`` if there is no such file, or it may not be read.
  public init(path: String) throws(FileError) {
    name = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .latest("opening", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      let failure = FileError.latest("reading the size", path)
      close(descriptor)
      throw failure
    }
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(ByteAccessError) {
    func failure(_ reason: String) -> ByteAccessError {
      ByteAccessError(name: name, offset: offset, count: buffer.count, reason: reason)
    }
    guard offset >= 0, buffer.count <= byteCount, offset <= byteCount - buffer.count else {
      throw failure("the file has \(byteCount) bytes")
    }
    var filled = 0
    while filled < buffer.count, let base = buffer.baseAddress {
      let count = pread(
        descriptor, base + filled, buffer.count - filled, off_t(offset + filled))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(String(cString: strerror(errno))) }
      guard count > 0 else {
        throw failure("it became shorter while it was read; give it whole and run again")
      }
      filled += count
    }
  }
}
