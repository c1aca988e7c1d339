/// An object that an address or a pattern leads to.
public struct RemoteEntry: Sendable, Equatable {
  /// Opens it again. On a hub it names the commit, so that it stays the same object.
  public let address: RemoteAddress
  /// Its size, if the server says it.
  public let byteCount: Int?
  /// What names its content: the ETag, or the hub's hash.
  public let entityTag: String?
  public let lastModified: String?
  /// The commit that the hub took it from.
  public let commit: String?

  public init(
    address: RemoteAddress, byteCount: Int? = nil, entityTag: String? = nil,
    lastModified: String? = nil, commit: String? = nil
  ) {
    self.address = address
    self.byteCount = byteCount
    self.entityTag = entityTag
    self.lastModified = lastModified
    self.commit = commit
  }

  /// The address without secrets, for messages and records.
  public var name: String { address.name }

  /// Name, size and content in one line: what a record of a run holds to know it again.
  public var identity: String {
    [name, byteCount.map(String.init), entityTag ?? lastModified].compactMap { $0 }
      .joined(separator: " ")
  }

  /// The SHA-256 of its content in hexadecimal, where the hub says it.
  package var contentDigest: String? {
    guard case .hub = address, let tag = entityTag.map({ ObjectIdentity.bare($0) }),
      tag.utf8.count == 64, tag.allSatisfy(\.isHexDigit)
    else { return nil }
    return tag.lowercased()
  }

  var objectIdentity: ObjectIdentity {
    ObjectIdentity(
      byteCount: byteCount, entityTag: entityTag, lastModified: lastModified, commit: commit)
  }
}

extension TransferClient {
  /// Asks a server about one object.
  ///
  /// It asks by HEAD, and where that is refused by a GET of the first byte.
  ///
  /// - Throws: ``TransferError``.
  public func entry(at address: RemoteAddress) throws(TransferError) -> RemoteEntry {
    try retrying(address.name) { () throws(TransferFailure) in
      let exchange = try self.exchange(.address(address), Question(method: .head))
      exchange.drain()
      let identity = exchange.identity
      switch exchange.head.status {
      case 200..<400 where identity.byteCount != nil:
        return try self.entry(address, identity, exchange)
      case 408, 425, 429, 500, 502, 503, 504: throw exchange.failure(byte: 0)
      default: return try self.entryByFirstByte(address)
      }
    }
  }

  private func entryByFirstByte(
    _ address: RemoteAddress
  ) throws(TransferFailure) -> RemoteEntry {
    let exchange = try exchange(.address(address), Question(range: "bytes=0-0"))
    var identity = exchange.identity
    switch exchange.head.status {
    case 200, 206: break
    // Only of an empty object is there no first byte.
    case 416: identity.byteCount = identity.byteCount ?? 0
    default: throw exchange.failure(byte: 0)
    }
    defer { exchange.close() }
    return try entry(address, identity, exchange)
  }

  private func entry(
    _ address: RemoteAddress, _ identity: ObjectIdentity, _ exchange: Exchange
  ) throws(TransferFailure) -> RemoteEntry {
    if exchange.head.isMarkup, !address.namesMarkup, let title = try pageTitle(at: address) {
      throw .permanent(.webPage(address: address.name, title: title))
    }
    var pinned = address
    if case .hub(let repository, _, let path) = address, let commit = identity.commit {
      pinned = .hub(repository: repository, revision: commit, path: path)
    }
    return RemoteEntry(
      address: pinned, byteCount: identity.byteCount, entityTag: identity.entityTag,
      lastModified: identity.lastModified, commit: identity.commit)
  }
}
