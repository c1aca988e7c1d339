extension TransferClient {
  /// The objects of a bucket whose keys match, by `ListObjectsV2` with what all matches begin with.
  func objects(
    in bucket: String, matching glob: GlobPattern, name: String
  ) throws(TransferError) -> [RemoteEntry] {
    var found: [RemoteEntry] = []
    var listed = 0
    var token: String?
    for _ in 0..<policy.listingPageLimit {
      var query = [("list-type", "2"), ("prefix", glob.literalPrefix), ("encoding-type", "url")]
      if let token { query.append(("continuation-token", token)) }
      let page = try page(of: .bucket(bucket, query: query, name: name))
      let listing = try ObjectListingPage(page.body, name: name)
      for object in listing.objects {
        listed += 1
        guard glob.matches(object.key) else { continue }
        found.append(
          RemoteEntry(
            address: .object(bucket: bucket, key: object.key), byteCount: object.byteCount,
            entityTag: object.entityTag, lastModified: nil))
      }
      guard let next = listing.next else {
        guard !found.isEmpty else { throw .patternMatchesNothing(pattern: name, listed: listed) }
        return found.sorted { $0.address.text.utf8.lexicographicallyPrecedes($1.address.text.utf8) }
      }
      guard next != token else {
        throw .malformedListing(address: name, detail: "the same page again and again")
      }
      token = next
    }
    throw .malformedListing(
      address: name, detail: "more than \(policy.listingPageLimit) pages; write a longer prefix")
  }

  /// One page of a listing: small enough for memory, or an error.
  func page(
    of destination: Destination
  ) throws(TransferError) -> (head: ResponseHead, body: [UInt8]) {
    try retrying(destination.name) { () throws(TransferFailure) in
      let exchange = try self.exchange(destination, Question())
      guard exchange.head.status == 200 else { throw exchange.failure(byte: 0) }
      defer { exchange.close() }
      // A thousand names of the longest kind take 2 MB.
      guard let body = try exchange.body(limit: 64 << 20) else {
        throw .permanent(
          .malformedListing(address: destination.name, detail: "a page of more than 64 MiB"))
      }
      return (exchange.head, body)
    }
  }
}

/// A page of `ListObjectsV2`'s answer.
package struct ObjectListingPage: Equatable {
  package struct Object: Equatable {
    var key: String
    var byteCount: Int
    var entityTag: String?

    package init(key: String, byteCount: Int, entityTag: String?) {
      self.key = key
      self.byteCount = byteCount
      self.entityTag = entityTag
    }
  }

  package var objects: [Object] = []
  /// What asks for the next page.
  package var next: String?

  package init(_ body: [UInt8], name: String) throws(TransferError) {
    let text = String(decoding: body, as: UTF8.self)
    guard XMLElements.first("ListBucketResult", in: text) != nil else {
      throw .malformedListing(
        address: name,
        detail: "no ListBucketResult but \(SecretFreeText.printable(text, limit: 80))")
    }
    let isEncoded = XMLElements.first("EncodingType", in: text) == "url"
    for content in XMLElements.all("Contents", in: text) {
      guard let key = XMLElements.first("Key", in: content),
        let size = XMLElements.first("Size", in: content), let byteCount = Int(size),
        byteCount >= 0
      else {
        throw .malformedListing(
          address: name,
          detail:
            "an object without key or size, \(SecretFreeText.printable(String(content), limit: 80))"
        )
      }
      objects.append(
        Object(
          key: isEncoded ? PercentEncoding.decoded(key, plusIsSpace: true) : key,
          byteCount: byteCount, entityTag: XMLElements.first("ETag", in: content)))
    }
    if XMLElements.first("IsTruncated", in: text) == "true" {
      next = XMLElements.first("NextContinuationToken", in: text)
      guard next != nil else {
        throw .malformedListing(address: name, detail: "more is promised without a token")
      }
    }
  }
}
