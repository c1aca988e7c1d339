import Synchronization

/// An object's bytes by way of a cache: whole blocks, from the folder or from the server.
///
/// Blocks that are missing one after another come from one response, so that a first reading
/// costs as few requests as it would without the cache.
final class CachedBlocks: Sendable {
  private let client: TransferClient
  private let cache: TransferCache
  private let address: RemoteAddress
  private let byteCount: Int
  private let identity: ObjectIdentity
  private let isSequential: Bool
  private let skippedByteLimit: Int?
  private let state = Mutex(State())

  private struct State: @unchecked Sendable {
    /// The block that was read last.
    var index = -1
    var bytes: [UInt8] = []
    /// The block that was fetched last.
    var fetched = -2
    /// A response that goes on after it. Whoever takes it out is alone with it.
    var body: ResumingBody?
  }

  private struct Taken: @unchecked Sendable { var body: ResumingBody? }

  /// Whether an entry says enough to know its blocks again.
  static func knows(_ entry: RemoteEntry) -> Bool {
    entry.byteCount != nil && (entry.entityTag ?? entry.lastModified) != nil
  }

  /// Nil if the entry does not say what it is: then there is nothing to keep blocks under.
  ///
  /// - Parameter isSequential: Whether the next block will be wanted after each.
  init?(
    _ entry: RemoteEntry, client: TransferClient, cache: TransferCache, isSequential: Bool,
    skippedByteLimit: Int? = nil
  ) {
    guard Self.knows(entry), let byteCount = entry.byteCount else { return nil }
    self.client = client
    self.cache = cache
    self.byteCount = byteCount
    self.isSequential = isSequential
    self.skippedByteLimit = skippedByteLimit
    address = entry.address
    identity = entry.objectIdentity
  }

  /// Fills the front of `buffer` from one block; zero at the object's end.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(TransferError) -> Int {
    guard offset < byteCount, !buffer.isEmpty else { return 0 }
    let index = offset / cache.blockByteCount
    let bytes = try block(index)
    let start = offset - index * cache.blockByteCount
    let count = min(buffer.count, bytes.count - start)
    bytes.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + count]))
    }
    return count
  }

  private func block(_ index: Int) throws(TransferError) -> [UInt8] {
    if let kept = state.withLock({ $0.index == index ? $0.bytes : nil }) { return kept }
    let start = index * cache.blockByteCount
    let count = min(cache.blockByteCount, byteCount - start)
    let bytes = try cache.block(key(of: index), byteCount: count) { () throws(TransferError) in
      try self.fetch(index, start: start, count: count)
    }
    state.withLock {
      $0.index = index
      $0.bytes = bytes
    }
    return bytes
  }

  private func fetch(_ index: Int, start: Int, count: Int) throws(TransferError) -> [UInt8] {
    let (taken, isNext) = state.withLock { state in
      let taken = Taken(body: state.body)
      state.body = nil
      return (taken, isSequential || state.fetched == index - 1)
    }
    let isOneRange = !isNext || start + count == byteCount
    let body =
      if let body = taken.body, body.position == start {
        body
      } else {
        ResumingBody(
          client: client, address: address, from: start, to: isOneRange ? start + count : nil,
          identity: identity, skippedByteLimit: skippedByteLimit)
      }
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { bytes throws(TransferError) in
      try body.fill(UnsafeMutableRawBufferPointer(bytes))
    }
    let kept = Taken(body: isOneRange ? nil : body)
    state.withLock {
      $0.body = kept.body
      $0.fetched = index
    }
    return bytes
  }

  /// What names a block: the digest keeps the address, which may hold secrets, off the disk.
  private func key(of index: Int) -> [UInt8] {
    let tag = identity.entityTag ?? identity.lastModified ?? ""
    return SHA256Digest.of(
      [address.text, String(byteCount), tag, String(cache.blockByteCount), String(index)]
        .joined(separator: "\n"))
  }
}
