import Parquet

/// A file whose format is found and whose text is about to be read.
struct OpenedFile {
  enum Contents {
    /// The text, unwrapped.
    case text(any ByteReader)
    case columns(ParquetFile)
  }

  let format: FileFormat
  let contents: Contents

  /// Looks at a file's first bytes, without reading any of them twice.
  ///
  /// The wrapping shows in the first bytes, whatever the name says. A text that starts with a JSON
  /// object is JSON lines; so is one whose name ends in `.jsonl`, `.ndjson` or `.json` (before `.gz`,
  /// `.zst` and the like), so that a broken first line is an error and no text.
  ///
  /// - Throws: `CorpusError` for formats of other kinds, and for a name that says compressed over
  ///   contents that are neither compressed nor text.
  init(_ file: CorpusFile, in storage: CorpusStorage) throws(CorpusError) {
    let (path, name) = (file.displayName, file.name.lowercased())
    let raw = try PeekingReader(storage.reader(of: file))
    let head = raw.firstBytes
    // The magic goes on past what a text could begin with.
    if head.starts(with: Array("PAR1".utf8) + [0x15]) {
      format = FileFormat(compression: .none, layout: .columns)
      let bytes = try storage.randomAccess(to: file)
      do throws(ParquetError) {
        contents = .columns(try ParquetFile(bytes))
      } catch {
        throw .parquet(error)
      }
      return
    }
    if name.hasSuffix(".parquet") {
      throw .parquet(.notParquet(file: path, detail: "it does not begin with PAR1"))
    }
    if let format = Self.foreignFormat(head) {
      throw .unsupportedFormat(path: path, format: format)
    }
    let (stem, namedCompression) = Self.unwrappedName(name)
    let compression = Self.compression(head) ?? .none
    if compression == .none, namedCompression != .none {
      // Some servers unwrap what they send and leave the name: that is fine, anything else is not.
      guard !head.isEmpty else {
        throw .truncated(path: path, compression: namedCompression, byteOffset: 0)
      }
      guard Self.looksLikeText(head) else {
        throw .corrupt(
          path: path, compression: namedCompression, byteOffset: 0,
          detail: "its first bytes are not those of the format")
      }
    }
    let text = try PeekingReader(unwrapped(path: path, raw, compression: compression))
    let isLines =
      [".jsonl", ".ndjson", ".json"].contains(where: stem.hasSuffix)
      || Self.startsWithObject(text.firstBytes)
    // No text holds this character, and nearly every other kind of file does near its beginning. What
    // is not UTF-8 either is told of by its reader.
    if !isLines, text.firstBytes.contains(0), Self.isUTF8(text.firstBytes) {
      throw .unsupportedFormat(path: path, format: "no text: it holds NUL characters")
    }
    format = FileFormat(compression: compression, layout: isLines ? .jsonLines : .text)
    contents = .text(text)
  }

  /// Whether a text's first line begins as a JSON object does: a brace, then a name or nothing.
  private static func startsWithObject(_ text: [UInt8]) -> Bool {
    let start = text.starts(with: byteOrderMark) ? text.dropFirst(3) : text[...]
    let dense = start.lazy.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }.prefix(2)
    return Array(dense) == Array("{\"".utf8) || Array(dense) == Array("{}".utf8)
  }

  private static func unwrappedName(_ name: String) -> (stem: String, Compression) {
    for (suffix, compression) in [
      (".gz", Compression.gzip), (".gzip", .gzip), (".zst", .zstandard), (".zstd", .zstandard),
    ] where name.hasSuffix(suffix) {
      return (String(name.dropLast(suffix.count)), compression)
    }
    return (name, .none)
  }

  private static func compression(_ head: [UInt8]) -> Compression? {
    if head.starts(with: [0x1F, 0x8B]) { return .gzip }
    if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstandard }
    // A skippable frame: 0x184D2A50 to 0x184D2A5F, little-endian.
    if head.count >= 4, head[0] & 0xF0 == 0x50, head[1...3] == [0x2A, 0x4D, 0x18] {
      return .zstandard
    }
    return nil
  }

  private static func foreignFormat(_ head: [UInt8]) -> String? {
    // Each magic goes on past what a text could begin with.
    if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return "a zip archive" }
    if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) { return "xz" }
    if head.starts(with: Array("BZh".utf8)), head.count >= 10,
      head[4...9] == [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]
    {
      return "bzip2"
    }
    return nil
  }

  private static func looksLikeText(_ head: [UInt8]) -> Bool {
    let hasControls = head.contains { $0 < 0x20 && !(0x09...0x0D).contains($0) }
    return !hasControls && isUTF8(head)
  }

  private static func isUTF8(_ head: [UInt8]) -> Bool {
    firstInvalidUTF8Offset(Array(head.dropLast(incompleteTailCount(head)))) == nil
  }
}

/// Opens a file's text, unwrapped.
package func openDecompressed(
  path: String, compression: Compression
) throws(CorpusError) -> any ByteReader {
  try unwrapped(path: path, FileByteReader(path: path), compression: compression)
}

private func unwrapped(
  path: String, _ file: any ByteReader, compression: Compression
) throws(CorpusError) -> any ByteReader {
  switch compression {
  case .none: file
  case .gzip: ReadAheadReader(try GzipReader(path: path, file: file))
  case .zstandard: ReadAheadReader(try ZstandardReader(path: path, file: file))
  }
}
