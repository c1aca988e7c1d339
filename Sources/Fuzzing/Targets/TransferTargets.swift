import Transfers

extension FuzzTarget {
  /// Text from servers and of addresses.
  static var transferTexts: [FuzzTarget] {
    [
      FuzzTarget(
        "listings",
        words: [
          "<Contents>", "</Contents>", "<Key>", "</Key>", "<Size>", "<ETag>", "&quot;", "&#x",
          "&amp;",
          "<IsTruncated>true</IsTruncated>", "<NextContinuationToken>", "<ListBucketResult>",
          "<Error><Code>", "<!doctype html><title>",
        ],
        seeds: { [Array(listing.utf8), Array("<html><title>A &amp; B</title>".utf8)] },
        body: { bytes in
          let text = String(decoding: bytes, as: UTF8.self)
          _ = Explanation.of(bytes)
          _ = XMLElements.all("Key", in: text)
          _ = XMLElements.first("Size", in: text)
          _ = try ObjectListingPage(bytes, name: "input")
        }),
      FuzzTarget(
        "globs", words: ["{", "}", ",", "..", "**", "[!", "]", "{000..099}", "{1..9..2}", "?"],
        longestInput: 512,
        seeds: {
          ["a/{b,c}/*.jsonl\na/b/x.jsonl", "s/{000..012}-[!a-c]?.gz\ns/001-dx.gz"].map {
            Array($0.utf8)
          }
        },
        body: { bytes in
          let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
          let glob = GlobPattern(parts[0])
          if let name = parts.last, glob.matches(name) {
            promise(
              name.unicodeScalars.starts(with: glob.literalPrefix.unicodeScalars),
              "what matches begins with what all matches begin with")
          }
          let texts = try BraceExpansion.expand(parts[0])
          promise(texts.count <= BraceExpansion.limit, "there are not too many texts")
        }),
      FuzzTarget(
        "addresses",
        words: [
          "s3://", "hf://datasets/", "https://", "@", "%2F", "%", "?", "#", "[::1]", ":443", "..",
        ],
        longestInput: 1 << 10,
        seeds: {
          [
            "https://user:secret@host.example:8443/a%20b/c?d=e&f#g", "s3://bucket/key with/é*.gz",
            "hf://datasets/owner/name@refs%2Fpr%2F1/data/*.parquet",
          ].map { Array($0.utf8) }
        },
        body: { bytes in
          let text = String(decoding: bytes, as: UTF8.self)
          _ = WebURL("http://\(text)")
          _ = WebURL(text, relativeTo: WebURL("http://host/a"))
          promise(
            SecretFreeText.printable(text).unicodeScalars.allSatisfy { $0.value >= 0x20 },
            "messages have no control characters")
          _ = SecretFreeText.address(text)
          promise(
            PercentEncoding.decoded(PercentEncoding.component(text)) == text,
            "what is encoded is decoded")
          _ = (PercentEncoding.decoded(text), PercentEncoding.forgiving(text))
          let address = try RemoteAddress(text)
          promise(RemoteAddress.isRemote(text), "an address is remote")
          promise((try? RemoteAddress(address.text)) == address, "an address is what it says")
        }),
      FuzzTarget(
        "response-heads",
        words: [
          "HTTP/1.1 206 ", "\r\n", "content-range: bytes ", "*/", "content-length: ", "link: <",
          ">; rel=\"next\"", "retry-after: ", "Sun, 06 Nov 1994 08:49:37 GMT", "etag: W/\"",
          "9223372036854775807", "-9223372036854775808", "location: ", "-9223372036854775807/",
        ],
        longestInput: 4 << 10,
        seeds: { [Array(head.utf8), Array(extremeHead.utf8)] },
        body: { bytes in
          let text = String(decoding: bytes, as: UTF8.self)
          var head = ResponseHead()
          for line in text.split(separator: "\r\n") { head.append(line: String(line)) }
          if let range = head.contentRange?.range { promise(!range.isEmpty, "a range has bytes") }
          if let wait = head.retryAfter(now: 784_111_000) { promise(wait >= .zero, "time goes on") }
          _ = (head.objectByteCount, head.nextLink, head.isRedirect, head.isMarkup)
          _ = HTTPDate.seconds(text)
        }),
    ]
  }

  private static let listing = """
    <?xml version="1.0"?><ListBucketResult><Name>b</Name><IsTruncated>true</IsTruncated>
    <NextContinuationToken>1/x==</NextContinuationToken><Contents><Key>a/b&amp;c.gz</Key>
    <ETag>&quot;0123&quot;</ETag><Size>1024</Size></Contents><Contents><Key>&#x65e5;</Key>
    <Size>9223372036854775807</Size></Contents></ListBucketResult>
    """

  /// Numbers one below the largest there is.
  private static let extremeHead = """
    HTTP/1.1 206 \r
    content-range: bytes 9223372036854775805-9223372036854775806/9223372036854775806\r
    content-length: 9223372036854775806\r
    retry-after: 9223372036854775806\r

    """

  private static let head = """
    HTTP/1.1 206 Partial Content\r
    Content-Range: bytes 0-99/3000\r
    Content-Length: 100\r
    ETag: W/"v1"\r
    Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r
    Link: </api?page=2>; rel="next", <x>; rel=prev\r
    Content-Type: text/html; charset=utf-8\r
    \r

    """
}
