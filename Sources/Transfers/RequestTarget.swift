import Foundation

/// Where a request goes and who asks.
package struct RequestTarget: Sendable {
  /// What lets the asker in; sent to the target's own origin alone.
  package enum Authorization: Sendable {
    case none
    case header(String)
    case signed(SignatureV4)
  }

  package enum Kind: Sendable {
    case web
    case object(bucket: String, region: String, isSigned: Bool)
    case hub(hasToken: Bool)
  }

  /// The address without secrets.
  package var name: String
  package var url: WebURL
  package var authorization: Authorization
  package var kind: Kind

  /// The headers that let the asker in at one hop of a chain of redirects.
  package func authorizing(
    _ method: HTTPMethod, at hop: WebURL, now: Int
  ) -> [(String, String)] {
    guard hop.origin == url.origin else { return [] }
    switch authorization {
    case .none: return []
    case .header(let value): return [("Authorization", value)]
    case .signed(let signature):
      return signature.headers(
        method: method.rawValue, host: hop.hostHeader, path: hop.path, query: hop.queryItems,
        date: HTTPDate.compact(now))
    }
  }

  /// What to do about 401 and 403.
  var adviceWhenRefused: String {
    switch kind {
    case .web:
      "the server does not let you have it; check the address (signed ones expire), "
        + "or write https://USER:PASSWORD@HOST/PATH"
    case .object(_, let region, let isSigned):
      isSigned
        ? "check that the key may read and list the bucket, that the region \(region) is the "
          + "bucket's (AWS_REGION), and this machine's clock"
        : "no credentials were sent; set AWS_ACCESS_KEY_ID and its secret, or AWS_PROFILE"
    case .hub(let hasToken):
      hasToken
        ? "the token may not read it; if the data set is gated, accept its terms on its page with "
          + "the token's account, else check HF_TOKEN"
        : "set HF_TOKEN; if the data set is gated, accept its terms on its page first"
    }
  }

  /// What to do about 404 and 410.
  var adviceWhenMissing: String {
    switch kind {
    case .web: "check the address"
    case .object: "check the bucket, the key, and AWS_ENDPOINT_URL if the server is not Amazon's"
    case .hub(let hasToken):
      "check the owner, the name, the revision and the path"
        + (hasToken ? "" : "; a private data set looks like this without HF_TOKEN")
    }
  }
}

/// What a request is about.
package enum Destination: Sendable {
  case address(RemoteAddress)
  /// A path of the hub's own, such as its API's, or an absolute address that it gave.
  case hub(String, name: String)
  /// A question to a bucket as a whole.
  case bucket(String, query: [(String, String)], name: String)

  /// The address without secrets.
  package var name: String {
    switch self {
    case .address(let address): address.name
    case .hub(_, let name), .bucket(_, _, let name): name
    }
  }

  /// The bucket that it is about, if any.
  var bucket: String? {
    switch self {
    case .address(.object(let bucket, _)), .bucket(let bucket, _, _): bucket
    default: nil
    }
  }
}

extension TransferEnvironment {
  /// The target that a destination means now.
  ///
  /// - Parameter region: The bucket's region, where it turned out to be another than the
  ///   environment's.
  package func target(
    for destination: Destination, region: String? = nil
  ) throws(TransferError) -> RequestTarget {
    let name = destination.name
    switch destination {
    case .address(.web(let text)):
      let url = try url(text, of: name)
      let login = url.userInfo.map { "Basic \(Data($0.utf8).base64EncodedString())" }
      return RequestTarget(
        name: name, url: url, authorization: login.map { .header($0) } ?? .none, kind: .web)
    case .address(.object(let bucket, let key)):
      return try objectTarget(bucket, PercentEncoding.path(key), region: region, name: name)
    case .bucket(let bucket, let query, _):
      return try objectTarget(
        bucket, "?\(PercentEncoding.query(query))", region: region, name: name)
    case .address(.hub(let repository, let revision, let path)):
      return try hubTarget(
        "/datasets/\(PercentEncoding.path(repository))/resolve/"
          + "\(PercentEncoding.component(revision ?? "main"))/\(PercentEncoding.path(path))",
        name: name)
    case .hub(let path, _):
      return try hubTarget(path, name: name)
    }
  }

  private func hubTarget(_ path: String, name: String) throws(TransferError) -> RequestTarget {
    let home = try url(hubEndpoint, of: name)
    let url = try url(path.hasPrefix("/") ? hubEndpoint + path : path, of: name)
    let mayHaveToken = url.origin == home.origin
    return RequestTarget(
      name: name, url: url,
      authorization: mayHaveToken ? hubToken.map { .header("Bearer \($0)") } ?? .none : .none,
      kind: .hub(hasToken: hubToken != nil))
  }

  /// A target in a bucket. Amazon's bucket is part of the host, unless it has characters that no
  /// certificate covers; other servers have it in the path.
  private func objectTarget(
    _ bucket: String, _ suffix: String, region: String?, name: String
  ) throws(TransferError) -> RequestTarget {
    let region = region ?? objectRegion
    let base =
      if let objectEndpoint {
        "\(objectEndpoint)/\(bucket)/"
      } else if bucket.contains(where: { $0 == "." || $0 == "_" || $0.isUppercase }) {
        "https://s3.\(region).amazonaws.com/\(bucket)/"
      } else {
        "https://\(bucket).s3.\(region).amazonaws.com/"
      }
    let signature = objectCredentials.map {
      SignatureV4(
        accessKey: $0.accessKey, secretKey: $0.secretKey, sessionToken: $0.sessionToken,
        region: region)
    }
    return RequestTarget(
      name: name, url: try url(base + suffix, of: name),
      authorization: signature.map { .signed($0) } ?? .none,
      kind: .object(bucket: bucket, region: region, isSigned: signature != nil))
  }

  private func url(_ text: String, of name: String) throws(TransferError) -> WebURL {
    guard let url = WebURL(text) else {
      throw .malformedAddress(address: name, detail: "it is no valid URL; check its spelling")
    }
    return url
  }
}
