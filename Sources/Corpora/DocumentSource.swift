/// Where a document starts within its source.
public struct DocumentPosition: Codable, Sendable, Equatable {
  /// The file's place in the source's list, whatever order an epoch reads them in.
  public var file: Int
  /// The document's record within the file, from 0: for JSON lines the line, blank ones counted.
  public var record: Int
  /// Where the record starts in the decompressed text; sources without a use for it leave it 0.
  public var byteOffset: Int

  /// Describes a place.
  public init(file: Int, record: Int, byteOffset: Int = 0) {
    self.file = file
    self.record = record
    self.byteOffset = byteOffset
  }
}

/// A stretch of a document that a source has just delivered.
public struct TextChunk: Sendable, Equatable {
  /// The document it belongs to.
  public var document: DocumentPosition
  /// Whether the document starts with it.
  public var isFirst: Bool
  /// Whether the document ends with it.
  public var isLast: Bool

  /// Describes a stretch.
  public init(document: DocumentPosition, isFirst: Bool, isLast: Bool) {
    self.document = document
    self.isFirst = isFirst
    self.isLast = isLast
  }
}

/// Documents in a fixed order, epoch after epoch, that can be entered at any document.
///
/// `FileDocumentSource` reads files, wherever they lie; a store of another kind conforms to this and
/// leaves the rest of the way to a batch as it is.
public protocol DocumentSource {
  /// The files (or parts) that positions refer to; their names and sizes tell one corpus from
  /// another.
  var files: [CorpusFile] { get }

  /// How many records were passed over as malformed since the source was made.
  var malformedRecordsSkipped: Int { get }

  /// What decides the order and choice of documents, besides the files; compared when a cursor is
  /// opened.
  var reading: String { get }

  /// Goes to a document of an epoch (from 0), or to the epoch's first document.
  mutating func seek(epoch: Int, document: DocumentPosition?) throws(CorpusError)

  /// Appends the next stretch of text, valid UTF-8 cut between characters, and says what it is.
  ///
  /// A document may come in several stretches, so that it is never held whole. Returns nil at the
  /// end of the epoch.
  mutating func read(appendingTo text: inout [UInt8]) throws(CorpusError) -> TextChunk?
}
