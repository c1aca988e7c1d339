/// Where bytes come from that are not on this machine's disks.
public enum RemoteAddress: Sendable, Equatable {
  /// `https://` or `http://`.
  case web(String)
  /// `s3://bucket/key`, at Amazon or at an endpoint that speaks its language.
  case object(bucket: String, key: String)
  /// `hf://datasets/OWNER/NAME[@REVISION]/path`.
  case hub(repository: String, revision: String?, path: String)

  /// Whether a source's text is an address, rather than a path.
  public static func isRemote(_ text: String) -> Bool {
    ["https://", "http://", "s3://", "hf://"].contains { text.lowercased().hasPrefix($0) }
  }

  /// Reads an address; patterns are taken as they are.
  public init(_ text: String) throws(TransferError) {
    func malformed(_ detail: String) -> TransferError {
      .malformedAddress(address: SecretFreeText.address(text), detail: detail)
    }
    guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw malformed("it holds control characters; remove them")
    }
    guard let separator = text.range(of: "://") else {
      throw malformed("it has no scheme; write https://, http://, s3:// or hf://")
    }
    let rest = String(text[separator.upperBound...])
    switch text[..<separator.lowerBound].lowercased() {
    case "https", "http":
      guard let first = rest.first, !"/?#:@".contains(first) else {
        throw malformed("it names no host; write https://HOST/PATH")
      }
      self = .web(PercentEncoding.forgiving(text))
    case "s3":
      let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, Self.isBucket(parts[0]), !parts[1].isEmpty else {
        throw malformed("write s3://BUCKET/KEY, or a pattern such as s3://BUCKET/folder/*.jsonl")
      }
      self = .object(bucket: String(parts[0]), key: String(parts[1]))
    case "hf":
      self = try Self.hub(rest, malformed: malformed)
    case let scheme:
      throw malformed("\(scheme):// is not read; write https://, http://, s3:// or hf://")
    }
  }

  /// Letters, digits, dots, hyphens and underscores: nothing that changes the host it goes into.
  private static func isBucket(_ name: Substring) -> Bool {
    (1...255).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
      }
  }

  private static func hub(
    _ text: String, malformed: (String) -> TransferError
  ) throws(TransferError) -> RemoteAddress {
    var parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 4, parts[0] == "datasets", !parts[1].isEmpty else {
      throw malformed(
        "write hf://datasets/OWNER/NAME/PATH, or hf://datasets/OWNER/NAME@REVISION/PATH"
      )
    }
    let owner = parts[1]
    var name = parts[2]
    var revision: String?
    parts.removeFirst(3)
    if let at = name.firstIndex(of: "@") {
      var text = PercentEncoding.decoded(String(name[name.index(after: at)...]))
      name = String(name[..<at])
      // The hub's own references have slashes: refs/convert/parquet, refs/pr/1.
      if text == "refs", parts.count >= 3, ["convert", "pr"].contains(parts[0]) {
        text += "/\(parts[0])/\(parts[1])"
        parts.removeFirst(2)
      }
      guard !text.isEmpty else { throw malformed("the revision after @ is empty") }
      revision = text
    }
    let path = parts.joined(separator: "/")
    guard !name.isEmpty, !path.isEmpty else {
      throw malformed("write hf://datasets/OWNER/NAME/PATH; the path may be a pattern")
    }
    return .hub(repository: "\(owner)/\(name)", revision: revision, path: path)
  }

  /// The address as text, which reads back as the same address.
  public var text: String {
    switch self {
    case .web(let text): text
    case .object(let bucket, let key): "s3://\(bucket)/\(key)"
    case .hub(let repository, let revision, let path):
      "hf://datasets/\(repository)"
        + (revision.map { "@\(PercentEncoding.component($0))" } ?? "") + "/\(path)"
    }
  }

  /// The address without secrets, for messages and records.
  public var name: String { SecretFreeText.address(text) }

  /// Whether its name says that it is a page for people.
  var namesMarkup: Bool {
    var path = Substring(text.lowercased())
    if case .web = self { path = path.prefix { $0 != "?" && $0 != "#" } }
    return [".html", ".htm", ".xhtml"].contains { path.hasSuffix($0) }
  }
}
