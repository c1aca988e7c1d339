import Testing

import Transfers

@Suite struct RemoteAddressTests {
  @Test(arguments: [
    ("https://host/a?b=c", RemoteAddress.web("https://host/a?b=c")),
    ("http://host/a b", .web("http://host/a%20b")),
    ("s3://bucket/a/b c.json", .object(bucket: "bucket", key: "a/b c.json")),
    (
      "hf://datasets/o/n/a/*.parquet",
      .hub(repository: "o/n", revision: nil, path: "a/*.parquet")
    ),
    ("hf://datasets/o/n@v1/x", .hub(repository: "o/n", revision: "v1", path: "x")),
    (
      "hf://datasets/o/n@refs/convert/parquet/default/train/0.parquet",
      .hub(repository: "o/n", revision: "refs/convert/parquet", path: "default/train/0.parquet")
    ),
    (
      "hf://datasets/o/n@refs%2Fpr%2F1/x", .hub(repository: "o/n", revision: "refs/pr/1", path: "x")
    ),
  ]) func isRead(text: String, address: RemoteAddress) throws {
    #expect(RemoteAddress.isRemote(text))
    #expect(try RemoteAddress(text) == address)
    #expect(try RemoteAddress(address.text) == address)
  }

  @Test(arguments: [
    "ftp://host/x", "host/x", "https://", "https:///x", "s3://bucket", "s3://bucket/", "s3:///x",
    "s3://b@evil.com/x", "s3://a%2Fb/x", "hf://o/n/x", "hf://datasets/o/n", "hf://datasets/o/n/",
    "hf://datasets/o/n@/x", "https://host/a\r\nX: y",
  ]) func isRefused(text: String) {
    let error = transferError { _ = try RemoteAddress(text) }
    guard case .malformedAddress = error else {
      Issue.record("\(text): \(String(describing: error))")
      return
    }
  }

  @Test func pathsAreNotAddresses() {
    for path in ["data/x.jsonl", "/data/s3/x", "s3.txt", "C:\\x"] {
      #expect(!RemoteAddress.isRemote(path))
    }
  }

  @Test(arguments: [
    ("https://user:pass@host/p?X-Amz-Signature=1&sig", "https://host/p?X-Amz-Signature=…&…"),
    ("https://us@er:p@host/p@q", "https://host/p@q"), ("s3://bucket/a?b=c", "s3://bucket/a?b=c"),
    ("https://host/p#secret", "https://host/p"),
    ("hf://datasets/o/n@v1/x", "hf://datasets/o/n@v1/x"),
  ]) func namesAreFreeOfSecrets(text: String, name: String) {
    #expect(SecretFreeText.address(text) == name)
  }

  @Test func whatServersSayIsPrintable() {
    #expect(SecretFreeText.printable(" a\u{1B}[31m\n\n b\u{202E}c ") == "a [31m b c")
    #expect(SecretFreeText.printable("abcdef", limit: 3) == "abc…")
  }
}
