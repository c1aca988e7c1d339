import Files

/// Reads the pages of one column chunk, checked and decompressed.
final class PageReader {
  /// Headers hold the largest and least value, which may be long; none is longer than this.
  static let maximumHeaderByteCount = 16 << 20

  private var limits = ParquetLimits()
  private let bytes: ChunkBytes
  private let decompressor = PageDecompressor()
  private var decompressed = ReusableBuffer()
  private var codec = Codec.uncompressed
  private var levels = ColumnLevels()
  private var entriesLeft = 0
  private var isAtFirstPage = true

  /// Where the header of the page read last starts in the file.
  private(set) var pageOffset: Int?
  let dictionary = ValueDictionary()

  init(stretch: Int) {
    bytes = ChunkBytes(stretch: stretch)
  }

  /// Goes to where there are no pages.
  func reset() {
    entriesLeft = 0
    pageOffset = nil
  }

  func start(
    _ chunk: ColumnChunk, of file: ParquetFile, column: ParquetColumn
  ) throws(Fault) {
    reset()
    limits = file.limits
    guard !chunk.isEncrypted else { throw .encrypted("the column is") }
    if let file = chunk.otherFile {
      throw .unsupported("the column's data are in the file \(file)")
    }
    codec = try Codec(code: chunk.codec)
    levels = column.levels
    entriesLeft = chunk.valueCount
    isAtFirstPage = true
    dictionary.startChunk(width: column.valueWidth)
    bytes.start(chunk.byteRange, of: file.bytes)
  }

  /// The next page of entries, or nil at the chunk's end.
  ///
  /// - Parameter skip: Gets how many entries and, if that is known, rows a page has; pages for
  ///   which it returns true are passed over, and hardly read.
  func next(
    skippingWhere skip: (_ entries: Int, _ rows: Int?) -> Bool
  ) throws(Fault) -> DataPage? {
    while entriesLeft > 0 {
      pageOffset = bytes.position
      let header = try header()
      guard header.compressedByteCount <= bytes.remaining else {
        throw .corrupt(
          "a page of \(header.compressedByteCount) bytes, the chunk has \(bytes.remaining) more")
      }
      switch header.kind {
      case .other:
        bytes.skip(header.compressedByteCount)
      case .dictionary(let count, let encoding):
        guard isAtFirstPage else { throw .corrupt("a dictionary behind other pages") }
        guard encoding == 0 || encoding == 2 else {
          throw .unsupported("a dictionary of the encoding \(encoding)")
        }
        let page = try content(header, bareByteCount: 0, isCompressed: true)
        try dictionary.read(page, count: count, owner: &decompressed)
        isAtFirstPage = false
      case .data(let count, let encoding, let definitionEncoding, let repetitionEncoding):
        isAtFirstPage = false
        try subtract(count)
        // Without lists, an entry is a row.
        if skip(count, levels.maximumRepetition == 0 ? count : nil) {
          bytes.skip(header.compressedByteCount)
          continue
        }
        var page = DataPage(offset: pageOffset ?? 0, entryCount: count, encoding: encoding)
        var rest = try content(header, bareByteCount: 0, isCompressed: true)
        page.repetition = try Self.levels(
          levels.maximumRepetition, repetitionEncoding, count, from: &rest)
        page.definition = try Self.levels(
          levels.maximumDefinition, definitionEncoding, count, from: &rest)
        page.values = rest
        return page
      case .dataWithBareLevels(let part):
        isAtFirstPage = false
        try subtract(part.valueCount)
        guard levels.maximumRepetition > 0 || part.rowCount == part.valueCount else {
          throw .corrupt("a page has \(part.valueCount) values for \(part.rowCount) rows")
        }
        guard levels.maximumDefinition > 0 || part.nullCount == 0 else {
          throw .corrupt("a page has \(part.nullCount) nulls where none may be")
        }
        if skip(part.valueCount, part.rowCount) {
          bytes.skip(header.compressedByteCount)
          continue
        }
        return try page(part, header)
      }
    }
    return nil
  }

  private func header() throws(Fault) -> PageHeader {
    // Most headers take a few dozen bytes.
    var tried = min(256, bytes.remaining)
    while true {
      do throws(Fault) {
        let header = try PageHeader(UnsafeRawBufferPointer(bytes.peek(tried)))
        bytes.skip(header.headerByteCount)
        return header
      } catch {
        guard error == .endsEarly else { throw error }
        guard tried < bytes.remaining else {
          throw .corrupt("the chunk ends where \(entriesLeft) values are missing")
        }
        guard tried < Self.maximumHeaderByteCount else {
          throw .tooLarge(
            what: "a page's header", limit: Self.maximumHeaderByteCount, found: bytes.remaining)
        }
        tried = min(8 * tried, bytes.remaining, Self.maximumHeaderByteCount)
      }
    }
  }

  private func subtract(_ entries: Int) throws(Fault) {
    guard entries <= entriesLeft else {
      throw .corrupt("a page of \(entries) values where the chunk has \(entriesLeft) more")
    }
    entriesLeft -= entries
  }

  private func page(
    _ part: PageHeader.BareLevels, _ header: PageHeader
  ) throws(Fault) -> DataPage {
    let bare = part.repetitionByteCount + part.definitionByteCount
    guard bare <= header.compressedByteCount, bare <= header.byteCount else {
      throw .corrupt(
        "levels of \(bare) bytes in a page of \(header.compressedByteCount), "
          + "\(header.byteCount) decompressed")
    }
    // Levels stay where they were read, also where values are decompressed to elsewhere.
    let whole = try bytes.peek(header.compressedByteCount)
    let values = try content(header, bareByteCount: bare, isCompressed: part.isCompressed)
    let repetition = UnsafeRawBufferPointer(rebasing: whole[..<part.repetitionByteCount])
    let definition = UnsafeRawBufferPointer(rebasing: whole[part.repetitionByteCount..<bare])
    return DataPage(
      offset: pageOffset ?? 0, entryCount: part.valueCount, rowCount: part.rowCount,
      repetition: levels.maximumRepetition == 0
        ? .zeros : LevelDecoder(repetition, maximum: levels.maximumRepetition),
      definition: levels.maximumDefinition == 0
        ? .zeros : LevelDecoder(definition, maximum: levels.maximumDefinition),
      encoding: part.encoding, values: values)
  }

  /// What a page holds behind its first `bare` bytes, decompressed.
  private func content(
    _ header: PageHeader, bareByteCount bare: Int, isCompressed: Bool
  ) throws(Fault) -> UnsafeMutableRawBufferPointer {
    let whole = try bytes.peek(header.compressedByteCount)
    bytes.skip(header.compressedByteCount)
    if let expected = header.checksum {
      var checksum = Checksum()
      checksum.append(UnsafeRawBufferPointer(whole))
      guard checksum.value == expected else {
        throw .corrupt("a page's CRC-32 is \(checksum.value), its header says \(expected)")
      }
    }
    let stored = UnsafeMutableRawBufferPointer(rebasing: whole[bare...])
    let byteCount = header.byteCount - bare
    if codec == .uncompressed || !isCompressed {
      guard stored.count == byteCount else {
        throw .corrupt("a page of \(byteCount) bytes takes \(stored.count) uncompressed")
      }
      return stored
    }
    // Some writers compress nothing to nothing, others to a few bytes.
    if byteCount == 0 { return UnsafeMutableRawBufferPointer(rebasing: stored[..<0]) }
    guard byteCount <= limits.pageByteCount else {
      throw .tooLarge(what: "a page", limit: limits.pageByteCount, found: byteCount)
    }
    if let most = codec.largestExpansion(of: stored.count), byteCount > most {
      throw .corrupt(
        "a page of \(byteCount) bytes in \(stored.count) of \(codec.name), which hold \(most)")
    }
    try decompressed.reserve(byteCount)
    let target = decompressed.bytes(0..<byteCount)
    try decompressor.decompress(UnsafeRawBufferPointer(stored), codec, into: target)
    return target
  }

  /// Takes the levels from the front of a page.
  private static func levels(
    _ maximum: UInt8, _ encoding: Int, _ count: Int,
    from rest: inout UnsafeMutableRawBufferPointer
  ) throws(Fault) -> LevelDecoder {
    guard maximum > 0 else { return .zeros }
    var cursor = ByteCursor(UnsafeRawBufferPointer(rest))
    let decoder: LevelDecoder
    switch encoding {
    case 3:
      decoder = LevelDecoder(try cursor.take(Int(cursor.fixed32())), maximum: maximum)
    case 4:
      let bits = count * LevelDecoder.width(of: maximum)
      decoder = LevelDecoder(packed: try cursor.take((bits + 7) / 8), maximum: maximum)
    default: throw .unsupported("levels of the encoding \(encoding)")
    }
    rest = UnsafeMutableRawBufferPointer(rebasing: rest[cursor.position...])
    return decoder
  }
}
