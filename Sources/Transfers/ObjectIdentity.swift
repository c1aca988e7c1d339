/// What is known of an object: the same object has the same identity each time it is asked for.
struct ObjectIdentity: Sendable, Equatable {
  var byteCount: Int?
  /// The tag that names the content (RFC 9110, section 8.8.3); the hub's own, where it redirects.
  var entityTag: String?
  var lastModified: String?
  /// The commit that the hub took it from.
  var commit: String?
  /// What `If-Range` may ask for, as the server that sends the bytes wrote it.
  var condition: String?

  /// Whether two tags name the same content; weakness aside, since a change of content changes
  /// weak tags too.
  static func isSameTag(_ first: String, _ second: String) -> Bool { bare(first) == bare(second) }

  /// A tag without its quotes and weakness.
  static func bare(_ tag: String) -> Substring {
    var tag = Substring(tag)
    if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
    if tag.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\"") { tag = tag.dropFirst().dropLast() }
    return tag
  }

  /// Takes over what `other` knows and this does not.
  mutating func complete(with other: ObjectIdentity) {
    byteCount = byteCount ?? other.byteCount
    entityTag = entityTag ?? other.entityTag
    lastModified = lastModified ?? other.lastModified
    commit = commit ?? other.commit
    condition = other.condition ?? condition
  }

  /// The error that it is to find `found` where this was expected, if they cannot be the same.
  func conflict(
    with found: ObjectIdentity, address: String, byte: Int
  ) -> TransferError? {
    if let expected = entityTag, let tag = found.entityTag {
      if !Self.isSameTag(expected, tag) {
        return .changed(
          address: address, byte: byte, expected: "ETag \(expected)", found: "ETag \(tag)")
      }
    } else if let expected = lastModified, let date = found.lastModified, expected != date {
      return .changed(
        address: address, byte: byte, expected: "Last-Modified \(expected)",
        found: "Last-Modified \(date)")
    }
    if let expected = byteCount, let count = found.byteCount, expected != count {
      return entityTag != nil && found.entityTag != nil
        ? .wrongLength(address: address, byte: byte, expected: expected, found: count)
        : .changed(
          address: address, byte: byte, expected: "\(expected) bytes", found: "\(count) bytes")
    }
    return nil
  }
}
