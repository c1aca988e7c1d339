/// Documents from text files, JSON lines files, plain or compressed, and columnar files, wherever
/// they lie.
///
/// A copy shares the open file with the original: read from one of them only.
public struct FileDocumentSource: DocumentSource {
  /// The files, in the order listed.
  public let files: [CorpusFile]
  private let textField: String
  private let malformedLines: MalformedLinePolicy
  private let order: FileOrder
  private let storage: CorpusStorage

  private enum Content {
    case lines(JSONLinesReader)
    case text(TextFileReader, isFresh: Bool)
    case columns(ColumnReader)
  }
  private var epochOrder: [Int] = []
  private var epoch = 0
  private var place = 0
  private var content: Content?
  private var skippedInClosedFiles = 0

  /// Lists the files and looks no further yet.
  ///
  /// - Parameters:
  ///   - patterns: paths, addresses and patterns, as for `CorpusStorage.files(matching:)`.
  ///   - textField: the field or column that holds the text; dots lead into nested ones.
  /// - Throws: `CorpusError` if a file is missing or unreadable, or a pattern matches nothing.
  public init(
    files patterns: [String], textField: String = "text",
    malformedLines: MalformedLinePolicy = .stop, order: FileOrder = .listed,
    storage: CorpusStorage = .standard
  ) throws(CorpusError) {
    self.init(
      try storage.files(matching: patterns), textField: textField,
      malformedLines: malformedLines, order: order, storage: storage)
  }

  /// Reads files that were listed before.
  public init(
    _ files: [CorpusFile], textField: String, malformedLines: MalformedLinePolicy,
    order: FileOrder, storage: CorpusStorage
  ) {
    self.files = files
    self.textField = textField
    self.malformedLines = malformedLines
    self.order = order
    self.storage = storage
    epochOrder = order.indices(count: files.count, epoch: 0)
  }

  /// Lines passed over, with `.skip`.
  public var malformedRecordsSkipped: Int {
    switch content {
    case .lines(let reader): skippedInClosedFiles + reader.skippedCount
    case .columns(let reader): skippedInClosedFiles + reader.skippedCount
    case .text, nil: skippedInClosedFiles
    }
  }

  /// The text field and the files' order; not the policy, so that a run that stopped at a malformed
  /// line may be resumed skipping it.
  public var reading: String { "field \"\(textField)\", \(order)" }

  /// Opens the document's file; a compressed one is decompressed up to the document.
  public mutating func seek(epoch: Int, document: DocumentPosition?) throws(CorpusError) {
    close()
    self.epoch = epoch
    epochOrder = order.indices(count: files.count, epoch: epoch)
    place = 0
    guard let document else { return }
    guard let found = epochOrder.firstIndex(of: document.file) else {
      throw .cursorOutsideCorpus(detail: "file \(document.file) of \(files.count)")
    }
    guard document.record >= 0, document.byteOffset >= 0 else {
      throw .cursorOutsideCorpus(
        detail: "record \(document.record) at byte \(document.byteOffset)")
    }
    place = found
    try openFile(at: document)
  }

  /// Appends the text of the next line or row, or the next stretch of a text file.
  public mutating func read(appendingTo text: inout [UInt8]) throws(CorpusError) -> TextChunk? {
    while place < epochOrder.count {
      if content == nil { try openFile(at: nil) }
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
      case .columns(let reader):
        if let row = try reader.next(appendingTo: &text) {
          return TextChunk(
            document: DocumentPosition(file: epochOrder[place], record: row), isFirst: true,
            isLast: true)
        }
        close()
        place += 1
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

  private mutating func openFile(at document: DocumentPosition?) throws(CorpusError) {
    let index = epochOrder[place]
    let file = files[index]
    let (path, record, byteOffset) = (
      file.displayName, document?.record ?? 0, document?.byteOffset ?? 0
    )
    func outside(_ what: String) -> CorpusError {
      .cursorOutsideCorpus(detail: "record \(record) at byte \(byteOffset) of \(path), \(what)")
    }
    let opened = try OpenedFile(file, in: storage)
    switch opened.contents {
    case .columns(let table):
      guard byteOffset == 0 else { throw outside("which is a table") }
      content = .columns(
        try ColumnReader(
          table, field: textField, policy: malformedLines,
          order: order.rowGroups(count: table.rowGroups.count, file: index, epoch: epoch),
          row: document?.record))
    case .text(let reader) where opened.format.layout == .jsonLines:
      // No line is shorter than its newline.
      guard record <= byteOffset else { throw outside("which starts before its lines do") }
      content = .lines(
        try JSONLinesReader(
          path: path, reader: reader, field: textField, policy: malformedLines,
          record: record, byteOffset: byteOffset))
    case .text(let reader):
      guard record == 0, byteOffset == 0 else { throw outside("which is one document") }
      content = .text(TextFileReader(path: path, reader: reader), isFresh: true)
    }
  }
}
