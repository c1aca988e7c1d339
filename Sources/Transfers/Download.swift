import Files
import Foundation

/// A file on disk, fetched whole, and continued after any stop.
///
/// What was fetched lies in `PATH.partial`, and what it is of in `PATH.partial.json`; both are kept
/// when fetching fails, and gone when the file has its name.
public enum Download {
  /// How far it is.
  public struct Progress: Sendable, Equatable {
    public var bytesDone: Int
    /// The size of the whole, if the server says it.
    public var byteCount: Int?
    /// How much of it an earlier try had left.
    public var bytesFound: Int
  }

  /// Fetches an object to `path`.
  ///
  /// - Parameter progress: Called on this thread, about four times a second and at the end.
  /// - Returns: The object that was fetched.
  /// - Throws: ``TransferError``.
  @discardableResult
  public static func fetch(
    _ entry: RemoteEntry, to path: String, client: TransferClient,
    progress: (Progress) -> Void = { _ in }
  ) throws(TransferError) -> RemoteEntry {
    let partial = try PartialFile(path: path, name: entry.name)
    // What was begun is of no use if the object has changed since; a change in the middle of
    // this attempt is the user's to know.
    do throws(TransferError) {
      return try continued(partial, entry, client: client, progress: progress)
    } catch TransferError.changed where partial.bytesFound > 0 {
      try partial.restart()
      return try continued(partial, entry, client: client, progress: progress)
    } catch TransferError.outsideObject where partial.bytesFound > 0 {
      try partial.restart()
      return try continued(partial, entry, client: client, progress: progress)
    }
  }

  /// Fetches the object at an address.
  @discardableResult
  public static func fetch(
    _ address: String, to path: String, client: TransferClient,
    progress: (Progress) -> Void = { _ in }
  ) throws(TransferError) -> RemoteEntry {
    try fetch(
      RemoteEntry(address: RemoteAddress(address)), to: path, client: client, progress: progress)
  }
}

extension Download {
  private static func continued(
    _ partial: PartialFile, _ entry: RemoteEntry, client: TransferClient,
    progress: (Progress) -> Void
  ) throws(TransferError) -> RemoteEntry {
    var expected = entry.objectIdentity
    if partial.bytesFound > 0 {
      if let record = partial.record, record.allowsGoingOn(entry),
        expected.conflict(with: record.identity, address: entry.name, byte: 0) == nil,
        partial.bytesFound <= record.byteCount ?? Int.max
      {
        expected.complete(with: record.identity)
      } else {
        try partial.restart()
      }
    }
    let body = ResumingBody(
      client: client, address: entry.address, from: partial.bytesFound, identity: expected)
    try body.open()
    let identity = body.identity
    try partial.keep(PartialFile.Record(name: entry.name, identity: identity))
    if let byteCount = identity.byteCount { try partial.reserve(byteCount) }
    try copy(body, to: partial, progress: progress)
    let found = RemoteEntry(
      address: entry.address, byteCount: body.position,
      entityTag: identity.entityTag ?? entry.entityTag,
      lastModified: identity.lastModified ?? entry.lastModified,
      commit: identity.commit ?? entry.commit)
    if let expected = found.contentDigest { try partial.verify(expected) }
    try partial.commit()
    return found
  }

  private static func copy(
    _ body: ResumingBody, to partial: PartialFile, progress: (Progress) -> Void
  ) throws(TransferError) {
    // Large enough that calls cost nothing beside the disk.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    let clock = ContinuousClock()
    var next = clock.now
    func tell() {
      progress(
        Progress(
          bytesDone: body.position, byteCount: body.identity.byteCount,
          bytesFound: partial.bytesFound))
    }
    while case let count = try body.read(into: buffer), count > 0 {
      try partial.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      if clock.now >= next {
        tell()
        next = clock.now + .milliseconds(250)
      }
    }
    tell()
  }
}
