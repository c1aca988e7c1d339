import Files
import Foundation
import Synchronization

/// An object on a server, opened once and read from any place on, by any number of threads.
///
/// Small reads fetch a little more than they ask for and keep it, so that a footer and what lies
/// beside it cost one request. From a server that ignores ranges the whole object is copied to a
/// temporary file at the first read, if the policy's `spoolByteLimit` allows it.
public final class RemoteFile: RandomAccessBytes {
  public let name: String
  public let byteCount: Int
  public let entry: RemoteEntry
  private let client: TransferClient
  private let blocks: CachedBlocks?
  private let state: Mutex<State>
  private let spooling = NSLock()

  private struct State {
    var identity: ObjectIdentity
    /// The pieces fetched last, the latest at the end.
    var windows: [Window] = []
    var spool: FileBytes?
  }

  private struct Window {
    var start: Int
    var bytes: [UInt8]

    func contains(_ range: Range<Int>) -> Bool {
      start <= range.lowerBound && range.upperBound <= start + bytes.count
    }
  }

  /// A footer, and the places of a few columns.
  private static let windowLimit = 4

  /// Opens an object; its server is asked only for what the entry does not say.
  ///
  /// - Throws: ``TransferError``.
  public init(_ entry: RemoteEntry, client: TransferClient) throws(TransferError) {
    var entry = entry
    var spool: FileBytes?
    if entry.byteCount == nil { entry = try client.entry(at: entry.address) }
    if entry.byteCount == nil {
      let file = try client.spool(entry, limit: client.policy.spoolByteLimit)
      entry = RemoteEntry(
        address: entry.address, byteCount: file.byteCount, entityTag: entry.entityTag,
        lastModified: entry.lastModified, commit: entry.commit)
      spool = file
    }
    self.entry = entry
    self.client = client
    name = entry.name
    byteCount = entry.byteCount ?? 0
    blocks =
      if spool == nil, let cache = client.cache {
        CachedBlocks(
          entry, client: client, cache: cache, isSequential: false, skippedByteLimit: 0)
      } else {
        nil
      }
    state = Mutex(State(identity: entry.objectIdentity, spool: spool))
  }

  /// Opens the object at an address.
  public convenience init(
    _ address: String, client: TransferClient
  ) throws(TransferError) {
    try self.init(try client.entry(at: RemoteAddress(address)), client: client)
  }

  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(ByteAccessError) {
    guard offset >= 0, buffer.count <= byteCount, offset <= byteCount - buffer.count else {
      throw ByteAccessError(
        name: name, offset: offset, count: buffer.count, reason: "it has \(byteCount) bytes")
    }
    guard !buffer.isEmpty else { return }
    if let spool = state.withLock({ $0.spool }) { return try spool.read(into: buffer, at: offset) }
    do throws(TransferError) {
      try fetch(into: buffer, at: offset)
    } catch {
      throw ByteAccessError(
        name: name, offset: offset, count: buffer.count, reason: error.reason)
    }
  }

  private func fetch(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(TransferError) {
    do throws(TransferError) {
      if let blocks {
        var filled = 0
        while filled < buffer.count {
          filled += try blocks.read(
            into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]), at: offset + filled)
        }
      } else if buffer.count >= client.policy.readAheadByteCount {
        try fill(buffer, from: offset)
      } else {
        try copy(into: buffer, from: window(around: offset..<offset + buffer.count), at: offset)
      }
    } catch TransferError.rangesIgnored {
      try readSpooled(into: buffer, at: offset)
    }
  }

  private func copy(
    into buffer: UnsafeMutableRawBufferPointer, from window: Window, at offset: Int
  ) {
    let start = offset - window.start
    window.bytes.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + buffer.count]))
    }
  }

  /// A piece that holds a range: one at hand, or a new one of the policy's size.
  private func window(around range: Range<Int>) throws(TransferError) -> Window {
    if let kept = state.withLock({ $0.windows.last { $0.contains(range) } }) { return kept }
    let count = min(byteCount, client.policy.readAheadByteCount)
    let start = max(0, min(range.lowerBound, byteCount - count))
    var bytes = [UInt8](repeating: 0, count: min(count, byteCount - start))
    try bytes.withUnsafeMutableBufferPointer { bytes throws(TransferError) in
      try self.fill(UnsafeMutableRawBufferPointer(bytes), from: start)
    }
    let window = Window(start: start, bytes: bytes)
    state.withLock {
      $0.windows.append(window)
      if $0.windows.count > Self.windowLimit { $0.windows.removeFirst() }
    }
    return window
  }

  private func fill(
    _ buffer: UnsafeMutableRawBufferPointer, from offset: Int
  ) throws(TransferError) {
    let identity = state.withLock { $0.identity }
    let body = ResumingBody(
      client: client, address: entry.address, from: offset, to: offset + buffer.count,
      identity: identity, skippedByteLimit: 0)
    try body.fill(buffer)
    state.withLock { $0.identity.complete(with: body.identity) }
  }

  private func readSpooled(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(TransferError) {
    let limit = client.policy.spoolByteLimit
    guard byteCount <= limit else {
      throw .rangesIgnored(address: name, byte: offset, limit: limit)
    }
    // One copy for all threads that want it.
    spooling.lock()
    defer { spooling.unlock() }
    let spool: FileBytes
    if let ready = state.withLock({ $0.spool }) {
      spool = ready
    } else {
      spool = try client.spool(entry, limit: limit)
      state.withLock { $0.spool = spool }
    }
    do throws(ByteAccessError) { try spool.read(into: buffer, at: offset) } catch {
      throw .outsideObject(
        address: name, offset: offset, count: buffer.count, byteCount: spool.byteCount)
    }
  }
}
