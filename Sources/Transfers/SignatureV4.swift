/// Requests to S3 signed as AWS Signature Version 4 (AWS General Reference, "Signature Version 4
/// signing process"; for S3 the path is encoded once and not normalised).
///
/// libcurl can sign by itself (`CURLOPT_AWS_SIGV4`), but the one of Debian 12 (7.88) signs the
/// query in the order given and the path as it is, and later ones encode both again: what is
/// right for one is wrong for another. Here the signed text does not depend on the library.
package struct SignatureV4: Sendable, Equatable {
  package var accessKey: String
  package var secretKey: String
  package var sessionToken: String?
  package var region: String
  package var service = "s3"

  package init(
    accessKey: String, secretKey: String, sessionToken: String? = nil, region: String
  ) {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken
    self.region = region
  }

  /// The digest of a request without a body.
  package static let emptyPayload = SHA256Digest.hexadecimal(SHA256Digest.of([]))

  /// Returns the headers to add to a request without a body.
  ///
  /// - Parameters:
  ///   - path: The path as it is sent, percent-encoded.
  ///   - query: Names and values, not encoded, in any order.
  ///   - headers: Further headers to sign, with names in lower case.
  ///   - date: The time as `YYYYMMDDTHHMMSSZ`.
  package func headers(
    method: String, host: String, path: String, query: [(String, String)] = [],
    headers: [(String, String)] = [], date: String
  ) -> [(String, String)] {
    var added = [("x-amz-content-sha256", Self.emptyPayload), ("x-amz-date", date)]
    if let sessionToken { added.append(("x-amz-security-token", sessionToken)) }
    let signed = (headers + added + [("host", host)]).sorted { $0.0 < $1.0 }
    let names = signed.map(\.0).joined(separator: ";")
    let request = [
      method, path, PercentEncoding.query(query),
      signed.map { "\($0.0):\($0.1)\n" }.joined(), names, Self.emptyPayload,
    ].joined(separator: "\n")
    let day = String(date.prefix(8))
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let digest = SHA256Digest.hexadecimal(SHA256Digest.of(request))
    let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(digest)"
    let key = [day, region, service, "aws4_request"].reduce(Array("AWS4\(secretKey)".utf8)) {
      SHA256Digest.authenticating($1, key: $0)
    }
    let signature = SHA256Digest.hexadecimal(SHA256Digest.authenticating(text, key: key))
    let value =
      "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope),SignedHeaders=\(names),"
      + "Signature=\(signature)"
    return added + [("Authorization", value)]
  }
}
