/// What a cursor remembers of its corpus, to notice that it is opened on another one.
///
/// Names and sizes, not contents: reading a terabyte to check it is no way to resume. Only the last
/// component of each path counts, so a corpus may move to another folder.
public struct CorpusIdentity: Codable, Sendable, Equatable, CustomStringConvertible {
  /// How many files.
  public let fileCount: Int
  /// Their sizes on disk, added up.
  public let byteCount: Int
  /// FNV-1a (64 bits, hexadecimal) of all names and sizes in order.
  public let digest: String

  /// The identity of files in this order.
  public init(of files: [CorpusFile]) {
    fileCount = files.count
    byteCount = files.reduce(0) { $0 + $1.byteCount }
    var hash = FNV1a()
    for file in files {
      hash.combine(file.name.utf8)
      hash.combine(CollectionOfOne(0))
      hash.combine(String(file.byteCount).utf8)
      hash.combine(CollectionOfOne(0))
    }
    digest = hash.hexadecimal
  }

  /// Counts and digest, for messages.
  public var description: String {
    "\(fileCount) files of \(byteCount) bytes (names and sizes \(digest))"
  }
}

/// The hash of Fowler, Noll and Vo: its constants are part of its definition (RFC 9923).
private struct FNV1a {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func combine(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  var hexadecimal: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
