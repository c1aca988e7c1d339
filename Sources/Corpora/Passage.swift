/// Where a passage starts within its source.
public struct PassagePosition: Codable, Sendable, Equatable {
  /// The document.
  public var document: DocumentPosition
  /// The document's piece, from 0, that the passage starts with: above 0 only in very long
  /// documents.
  public var piece: Int

  /// Describes a place.
  public init(document: DocumentPosition, piece: Int) {
    self.document = document
    self.piece = piece
  }
}

/// A document, or as much of a very long one as is held in memory at a time, cut to pieces.
///
/// It is what is shuffled, screened, and handed to a reader's thread.
struct Passage: Sendable {
  let position: PassagePosition
  /// Valid UTF-8.
  let text: [UInt8]
  /// The pieces' places in the text, in order.
  let pieces: [Range<Int>]
  /// Whether the document ends with it.
  let isLast: Bool
  /// Records passed over as malformed since the passage before.
  var malformedRecordsSkipped: Int

  /// Whether the document starts with it.
  var isFirst: Bool { position.piece == 0 }
}

/// Reads a source's documents as passages.
///
/// Where a very long document is divided depends on nothing but its text and the filter.
struct PassageReader {
  /// Text of a document held at a time, before its last piece: longer than nearly any book.
  static let maximumByteCount = 16 << 20

  private var source: any DocumentSource
  private let maximumBytesPerPiece: Int
  private var cutter: PieceCutter
  /// The document being read, from its first piece that is not yet given.
  private var text: [UInt8] = []
  private var document: DocumentPosition?
  private var isComplete = true
  private var nextPiece = 0
  private var skippedBefore = 0

  init(_ source: any DocumentSource, filter: DocumentFilter) {
    self.source = source
    maximumBytesPerPiece = filter.maximumBytesPerPiece
    cutter = PieceCutter(filter)
  }

  /// Goes to the start of an epoch, or to a passage that was given before.
  ///
  /// Passages before it in its document are read and cut again, documents before it are not.
  mutating func seek(epoch: Int, to position: PassagePosition?) throws(CorpusError) {
    try source.seek(epoch: epoch, document: position?.document)
    endDocument()
    guard let position, position.piece != 0 else { return }
    while let passage = try next(), passage.position.document == position.document {
      if nextPiece == position.piece { return }
    }
    throw .cursorOutsideCorpus(
      detail: "piece \(position.piece) of record \(position.document.record + 1), "
        + "file \(position.document.file + 1)")
  }

  /// The next passage, or nil at the end of the epoch.
  mutating func next() throws(CorpusError) -> Passage? {
    // Enough to cut every piece that starts within the passage, whatever stretches the text comes in.
    let sufficient = Self.maximumByteCount + maximumBytesPerPiece + 4
    while document == nil || (!isComplete && text.count < sufficient) {
      guard let chunk = try source.read(appendingTo: &text) else {
        endDocument()
        return nil
      }
      if chunk.isFirst { document = chunk.document }
      isComplete = chunk.isLast
    }
    guard let document else { return nil }
    return take(PassagePosition(document: document, piece: nextPiece))
  }

  /// Records passed over since the last passage.
  mutating func takeMalformedRecordsSkipped() -> Int {
    let skipped = source.malformedRecordsSkipped
    defer { skippedBefore = skipped }
    return skipped - skippedBefore
  }

  private mutating func take(_ position: PassagePosition) -> Passage {
    var pieces: [Range<Int>] = []
    while cutter.start < Self.maximumByteCount,
      let piece = cutter.next(in: text, isComplete: isComplete)
    {
      pieces.append(piece)
    }
    nextPiece += pieces.count
    let skipped = takeMalformedRecordsSkipped()
    let isLast = isComplete && cutter.isFinished
    var taken: [UInt8] = []
    if isLast {
      swap(&taken, &text)
      endDocument()
    } else {
      taken = Array(text[..<cutter.start])
      cutter.discardPieces(from: &text)
    }
    return Passage(
      position: position, text: taken, pieces: pieces, isLast: isLast,
      malformedRecordsSkipped: skipped)
  }

  private mutating func endDocument() {
    text.removeAll()
    document = nil
    isComplete = true
    nextPiece = 0
    cutter.reset()
  }
}
