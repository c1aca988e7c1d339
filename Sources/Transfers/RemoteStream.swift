/// An object read from front to back, from any place on.
///
/// The reader's thread drives the transfer, memory is bounded, and what the reader does not take
/// the server does not send. Several streams may be read at once, each by one thread.
public final class RemoteStream {
  /// Which object it is, as far as its server says.
  public private(set) var entry: RemoteEntry
  /// The offset of the next byte.
  public private(set) var position: Int
  private let client: TransferClient
  private let blocks: CachedBlocks?
  private var body: ResumingBody

  /// Opens an object.
  ///
  /// - Parameters:
  ///   - entry: The object. What it says of size and tag must hold, or reading fails.
  ///   - offset: Where to begin; the object's end is a place to begin, too.
  /// - Throws: ``TransferError``.
  public init(
    _ entry: RemoteEntry, from offset: Int = 0, client: TransferClient
  ) throws(TransferError) {
    precondition(offset >= 0, "offset \(offset) of \(entry.name) is negative")
    var entry = entry
    if client.cache != nil, !CachedBlocks.knows(entry) {
      entry = try client.entry(at: entry.address)
    }
    if let byteCount = entry.byteCount, offset > byteCount {
      throw .outsideObject(address: entry.name, offset: offset, count: 0, byteCount: byteCount)
    }
    self.client = client
    position = offset
    body = ResumingBody(
      client: client, address: entry.address, from: offset, identity: entry.objectIdentity)
    blocks = client.cache.flatMap {
      CachedBlocks(entry, client: client, cache: $0, isSequential: true)
    }
    self.entry = entry
    if blocks == nil {
      try body.open()
      noteIdentity()
    }
  }

  /// Its size, if the server says it.
  public var byteCount: Int? { entry.byteCount }

  /// Fills the front of `buffer` and returns how many bytes it wrote: at least one, or zero at the
  /// end.
  ///
  /// - Throws: ``TransferError``, when trying again did not help.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransferError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    let count: Int
    if let blocks {
      count = try blocks.read(into: buffer, at: position)
    } else {
      count = try body.read(into: buffer)
      if count == 0 { noteIdentity() }
    }
    position += count
    return count
  }

  /// Goes on `count` bytes further, without fetching what lies between where the server can.
  ///
  /// - Returns: How far it went, less than `count` only at the end.
  public func skip(_ count: Int) throws(TransferError) -> Int {
    precondition(count >= 0, "\(count) bytes of \(entry.name) cannot be passed over")
    if let byteCount, blocks != nil || count > Self.farEnough {
      let distance = min(count, byteCount - position)
      position += distance
      if blocks == nil {
        body.close()
        body = ResumingBody(
          client: client, address: entry.address, from: position, identity: body.identity)
      }
      return distance
    }
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, min(count, 256 << 10)), alignment: 16)
    defer { scratch.deallocate() }
    var skipped = 0
    while skipped < count {
      let limit = min(scratch.count, count - skipped)
      let got = try read(into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<limit]))
      if got == 0 { break }
      skipped += got
    }
    return skipped
  }

  /// Less than this is read and thrown away sooner than another request is answered.
  private static let farEnough = 1 << 20

  private func noteIdentity() {
    let identity = body.identity
    var address = entry.address
    if case .hub(let repository, _, let path) = address, let commit = identity.commit {
      address = .hub(repository: repository, revision: commit, path: path)
    }
    entry = RemoteEntry(
      address: address, byteCount: identity.byteCount, entityTag: identity.entityTag,
      lastModified: identity.lastModified, commit: identity.commit)
  }
}
