import Files
import Foundation

/// A file that is being downloaded, with what is known of its object beside it.
package final class PartialFile {
  /// What the bytes are of.
  struct Record: Codable, Equatable {
    /// The address without secrets.
    var name: String
    var byteCount: Int?
    var entityTag: String?
    var lastModified: String?
    /// What `If-Range` asks for.
    var condition: String?

    init(name: String, identity: ObjectIdentity) {
      self.name = name
      byteCount = identity.byteCount
      entityTag = identity.entityTag
      lastModified = identity.lastModified
      condition = identity.condition
    }

    var identity: ObjectIdentity {
      ObjectIdentity(
        byteCount: byteCount, entityTag: entityTag, lastModified: lastModified,
        condition: condition)
    }

    /// Whether more bytes may follow these: a tag names the content wherever it is, a date only at
    /// one address, and without either nothing says that it is still the same object.
    func allowsGoingOn(_ entry: RemoteEntry) -> Bool {
      entityTag != nil || lastModified != nil && name == entry.name
    }
  }

  /// How many bytes an earlier attempt left.
  private(set) var bytesFound: Int
  private(set) var record: Record?
  private let name: String
  private let path: String
  private let partialPath: String
  private let recordPath: String
  private let descriptor: Int32

  /// Opens or makes the partial file, for one process at a time.
  package init(path: String, name: String) throws(TransferError) {
    self.path = path
    self.name = name
    partialPath = "\(path).partial"
    recordPath = "\(path).partial.json"
    descriptor = open(partialPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    bytesFound = 0
    guard descriptor >= 0 else {
      throw .file(address: name, .latest("creating the file", partialPath))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw .alreadyDownloading(address: name, path: partialPath)
    }
    let size = lseek(descriptor, 0, SEEK_END)
    guard size >= 0 else { throw .file(address: name, .latest("reading the size", partialPath)) }
    bytesFound = Int(size)
    record = FileManager.default.contents(atPath: recordPath).flatMap {
      try? JSONDecoder().decode(Record.self, from: $0)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Throws away what is there.
  func restart() throws(TransferError) {
    unlink(recordPath)
    record = nil
    bytesFound = 0
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw .file(address: name, .latest("emptying", partialPath))
    }
  }

  func keep(_ record: Record) throws(TransferError) {
    guard record != self.record else { return }
    self.record = record
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(record) else { return }
    do throws(FileError) { try AtomicFile.write(data, to: recordPath) } catch {
      throw .file(address: name, error)
    }
  }

  /// Finds a full disk now rather than after hours.
  func reserve(_ byteCount: Int) throws(TransferError) {
    var status = statvfs()
    guard statvfs(partialPath, &status) == 0 else { return }
    let (free, isHuge) = Int(clamping: status.f_bavail)
      .multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
    guard !isHuge, free < byteCount - bytesFound else { return }
    throw .file(
      address: name,
      FileError(
        path: partialPath, operation: "reserving room", code: ENOSPC, bytesNeeded: byteCount))
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(TransferError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .file(address: name, .latest("writing", partialPath)) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Compares the file's SHA-256; a file with another one is removed.
  func verify(_ expected: String) throws(TransferError) {
    let digest = SHA256Digest()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var offset = 0
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .file(address: name, .latest("reading", partialPath)) }
      if count == 0 { break }
      digest.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      offset += count
    }
    let found = SHA256Digest.hexadecimal(digest.finish())
    guard found == expected else {
      unlink(recordPath)
      unlink(partialPath)
      throw .wrongDigest(address: name, path: partialPath, expected: expected, found: found)
    }
  }

  /// Syncs the file and gives it its name.
  func commit() throws(TransferError) {
    while fsync(descriptor) != 0 {
      guard errno == EINTR else { throw .file(address: name, .latest("syncing", partialPath)) }
    }
    guard rename(partialPath, path) == 0 else {
      throw .file(address: name, .latest("naming the file", path))
    }
    unlink(recordPath)
    do throws(FileError) { try FileSystem.syncFolder(FileSystem.parent(of: path)) } catch {
      throw .file(address: name, error)
    }
  }
}
