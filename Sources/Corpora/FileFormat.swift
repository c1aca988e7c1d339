/// How a file's bytes are wrapped.
public enum Compression: String, Codable, Sendable, CustomStringConvertible {
  /// Not at all.
  case none
  /// gzip, RFC 1952.
  case gzip
  /// Zstandard, RFC 8878.
  case zstandard

  /// The format's usual name.
  public var description: String { rawValue }
}

/// What a file holds, once unwrapped.
public enum DocumentLayout: String, Codable, Sendable {
  /// One document, the whole file.
  case text
  /// A JSON object a line, each with a document in one of its fields.
  case jsonLines
  /// A table of columns (Apache Parquet), each row with a document in one of them.
  case columns
}

/// A file's format, found from its first bytes, and from its name where these leave it open.
public struct FileFormat: Sendable, Equatable {
  /// The wrapping.
  public let compression: Compression
  /// The contents.
  public let layout: DocumentLayout

  /// Looks at a file; see `OpenedFile`.
  ///
  /// - Throws: `CorpusError`.
  public init(ofFileAt path: String) throws(CorpusError) {
    self = try OpenedFile(CorpusFile.described(path), in: .standard).format
  }

  init(compression: Compression, layout: DocumentLayout) {
    self.compression = compression
    self.layout = layout
  }
}
