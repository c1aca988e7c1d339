import CCurl

/// A URL's parts, as libcurl reads them: what is checked here is what is sent there.
package struct WebURL: Sendable, Equatable {
  /// The whole, without user and password.
  package let text: String
  package let scheme: String
  package let host: String
  package let port: String
  package let path: String
  package let query: String?
  /// `user:password`, decoded, if the text had it.
  package let userInfo: String?

  /// Scheme, host and port: credentials go where all three are the same.
  package var origin: String { "\(scheme)://\(host):\(port)" }

  /// The host as its header says it: with the port only where it is not the scheme's own.
  package var hostHeader: String {
    port == (scheme == "https" ? "443" : "80") ? host : "\(host):\(port)"
  }

  /// The query's names and values, decoded.
  package var queryItems: [(String, String)] {
    (query ?? "").split(separator: "&").map { item in
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        PercentEncoding.decoded(String(parts[0])),
        parts.count > 1 ? PercentEncoding.decoded(String(parts[1])) : ""
      )
    }
  }

  /// Reads an absolute URL, or one that is relative to `base`; nil if it is no http or https one.
  package init?(_ text: String, relativeTo base: WebURL? = nil) {
    guard let handle = curl_url() else { return nil }
    defer { curl_url_cleanup(handle) }
    let flags = UInt32(CURLU_PATH_AS_IS)
    if let base {
      guard curl_url_set(handle, CURLUPART_URL, base.text, flags) == CURLUE_OK else { return nil }
    }
    guard
      curl_url_set(handle, CURLUPART_URL, PercentEncoding.forgiving(text), flags) == CURLUE_OK
    else { return nil }
    func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
      var value: UnsafeMutablePointer<CChar>?
      guard curl_url_get(handle, part, &value, UInt32(flags)) == CURLUE_OK, let value else {
        return nil
      }
      defer { curl_free(value) }
      return String(cString: value)
    }
    let user = part(CURLUPART_USER, CURLU_URLDECODE)
    let password = part(CURLUPART_PASSWORD, CURLU_URLDECODE)
    userInfo = user.map { "\($0):\(password ?? "")" }
    for secret in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT] {
      curl_url_set(handle, secret, nil, 0)
    }
    guard let scheme = part(CURLUPART_SCHEME)?.lowercased(), ["http", "https"].contains(scheme),
      let host = part(CURLUPART_HOST)?.lowercased(), !host.isEmpty,
      let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT), let whole = part(CURLUPART_URL)
    else { return nil }
    self.scheme = scheme
    self.host = host
    self.port = port
    self.text = whole
    path = part(CURLUPART_PATH) ?? "/"
    query = part(CURLUPART_QUERY)
  }
}
