/// Documents from text files and JSON lines files, plain or compressed.
///
/// A copy shares the open file with the original: read from one of them only.
public struct FileDocumentSource: DocumentSource {
  /// The files, in the order listed.
  public let files: [CorpusFile]
  private let textField: String
  private let malformedLines: MalformedLinePolicy
  private let order: FileOrder

  private enum Content {
    case lines(JSONLinesReader)
    case text(TextFileReader, isFresh: Bool)
  }
  private var epochOrder: [Int] = []
  private var place = 0
  private var content: Content?
  private var skippedInClosedFiles = 0

  /// Lists the files and looks no further yet.
  ///
  /// - Parameters:
  ///   - patterns: paths and patterns, as for `CorpusFile.expanding(_:)`.
  ///   - textField: the JSON field that holds the text; dots lead into nested objects.
  /// - Throws: `CorpusError` if a file is missing or unreadable, or a pattern matches nothing.
  public init(
    files patterns: [String], textField: String = "text",
    malformedLines: MalformedLinePolicy = .stop, order: FileOrder = .listed
  ) throws(CorpusError) {
    files = try CorpusFile.expanding(patterns)
    self.textField = textField
    self.malformedLines = malformedLines
    self.order = order
    epochOrder = order.indices(count: files.count, epoch: 0)
  }

  /// Lines passed over, with `.skip`.
  public var malformedRecordsSkipped: Int {
    if case .lines(let reader) = content { return skippedInClosedFiles + reader.skippedCount }
    return skippedInClosedFiles
  }

  /// The text field and the files' order; not the policy, so that a run that stopped at a malformed
  /// line may be resumed skipping it.
  public var reading: String { "field \"\(textField)\", \(order)" }

  /// Opens the document's file; a compressed one is decompressed up to the document.
  public mutating func seek(epoch: Int, document: DocumentPosition?) throws(CorpusError) {
    close()
    epochOrder = order.indices(count: files.count, epoch: epoch)
    place = 0
    guard let document else { return }
    guard let found = epochOrder.firstIndex(of: document.file) else {
      throw .cursorOutsideCorpus(detail: "file \(document.file) of \(files.count)")
    }
    // No line is shorter than its newline.
    guard (0...max(0, document.byteOffset)).contains(document.record), document.byteOffset >= 0
    else {
      throw .cursorOutsideCorpus(
        detail: "record \(document.record) at byte \(document.byteOffset)")
    }
    place = found
    try openFile(record: document.record, byteOffset: document.byteOffset)
  }

  /// Appends the next line's text, or the next stretch of a text file.
  public mutating func read(appendingTo text: inout [UInt8]) throws(CorpusError) -> TextChunk? {
    while place < epochOrder.count {
      if content == nil { try openFile(record: 0, byteOffset: 0) }
      switch content {
      case .lines(let reader):
        if let (line, byteOffset) = try reader.next(appendingTo: &text) {
          let document = DocumentPosition(
            file: epochOrder[place], record: line, byteOffset: byteOffset)
          return TextChunk(document: document, isFirst: true, isLast: true)
        }
        close()
        place += 1
      case .text(let reader, let isFresh):
        let document = DocumentPosition(file: epochOrder[place], record: 0)
        let isLast = try reader.next(appendingTo: &text)
        content = .text(reader, isFresh: false)
        if isLast {
          close()
          place += 1
        }
        return TextChunk(document: document, isFirst: isFresh, isLast: isLast)
      case nil:
        preconditionFailure("file \(place) of \(epochOrder.count) is open but has no reader")
      }
    }
    return nil
  }

  private mutating func close() {
    skippedInClosedFiles = malformedRecordsSkipped
    content = nil
  }

  private mutating func openFile(record: Int, byteOffset: Int) throws(CorpusError) {
    let file = files[epochOrder[place]]
    let path = file.path
    let opened = try OpenedFile(
      path: path, FileByteReader(path: path, expectedByteCount: file.byteCount))
    let reader = opened.reader
    switch opened.format.layout {
    case .text:
      guard record == 0, byteOffset == 0 else {
        throw .cursorOutsideCorpus(detail: "record \(record) of \(path), which is one document")
      }
      content = .text(TextFileReader(path: path, reader: reader), isFresh: true)
    case .jsonLines:
      content = .lines(
        try JSONLinesReader(
          path: path, reader: reader, field: textField, policy: malformedLines,
          record: record, byteOffset: byteOffset))
    }
  }
}
