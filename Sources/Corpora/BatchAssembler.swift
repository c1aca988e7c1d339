import Tokenization

/// What a stream does when it has gone through the corpus.
public enum EndOfCorpus: String, Codable, Sendable {
  /// Start the next epoch.
  case restart
  /// End; the last batch may have fewer rows.
  case stop
}

/// The state behind a batch stream.
struct BatchAssembler {
  struct Settings {
    let packing: Packing
    let batchSize: Int
    let sequenceLength: Int
    let endOfCorpus: EndOfCorpus
    let paddingToken: Int32
    let filter: DocumentFilter
    let files: [CorpusFile]
  }

  let settings: Settings
  private(set) var cursor: Cursor
  private var reader: PieceReader
  private var piece: TokenizedPiece?
  private var tokensConsumed = 0
  private var epoch = 0
  private var batchCounts = CorpusCounts()
  private var epochStart = CorpusCounts()
  private var failure: CorpusError?

  /// - Parameter fresh: the cursor of the corpus's beginning.
  init(
    settings: Settings, reader: PieceReader, fresh: Cursor, resumingAt saved: Cursor?
  ) throws(CorpusError) {
    self.settings = settings
    self.reader = reader
    cursor = fresh
    if let saved {
      try resume(at: saved)
    } else {
      try self.reader.begin(epoch: 0)
    }
  }

  private mutating func resume(at saved: Cursor) throws(CorpusError) {
    try cursor.validate(saved)
    guard !saved.isFinished || settings.endOfCorpus == .stop else {
      throw .cursorOutsideCorpus(detail: "the corpus had ended there, and now restarts")
    }
    cursor = saved
    epoch = saved.epoch
    batchCounts = saved.counts
    if saved.isFinished { return }
    if let position = saved.position {
      piece = try reader.resume(epoch: epoch, at: position, counts: saved.counts)
      tokensConsumed = position.tokensConsumed
    } else {
      try reader.begin(epoch: epoch)
    }
  }

  mutating func next() throws(CorpusError) -> Batch? {
    // What was read for a batch that failed is gone: going on would leave a hole.
    if let failure { throw failure }
    if cursor.isFinished { return nil }
    do throws(CorpusError) {
      var batch = BatchBuilder(
        batchSize: settings.batchSize, sequenceLength: settings.sequenceLength,
        paddingToken: settings.paddingToken)
      var isFinished = false
      while !batch.isFull, !isFinished {
        switch settings.packing {
        case .concatenated: isFinished = try !appendJoinedRow(to: &batch)
        case .padOrTruncate: isFinished = try !appendPieceRow(to: &batch)
        }
      }
      saveCursor(isFinished: isFinished)
      return batch.origins.isEmpty ? nil : batch.finished()
    } catch {
      failure = error
      throw error
    }
  }

  /// Adds a row of tokens that run on from the row before; false if that was the end of the corpus.
  private mutating func appendJoinedRow(to batch: inout BatchBuilder) throws(CorpusError) -> Bool {
    let wanted = settings.sequenceLength + 1
    var row: [Int32] = []
    row.reserveCapacity(wanted)
    var first: RowOrigin.Place?
    var last: RowOrigin.Place?
    var isAtEnd = false
    while row.count < wanted {
      if let piece, tokensConsumed < piece.tokens.count {
        let end = min(piece.tokens.count, tokensConsumed + wanted - row.count)
        row += piece.tokens[tokensConsumed..<end]
        tokensConsumed = end
        last = place(of: piece)
        first = first ?? last
      } else if try !advance() {
        isAtEnd = true
        break
      }
    }
    if let first, let last, row.count > 1 {
      batch.append(row[...], origin: RowOrigin(first: first, last: last))
      batchCounts.tokensUsed += row.count - 1
      batchCounts.tokensPadded += wanted - row.count
    }
    // The row's last token is the next one's first.
    if !isAtEnd { tokensConsumed -= 1 }
    return !isAtEnd
  }

  /// Adds the next piece as a row; false at the end of the corpus.
  private mutating func appendPieceRow(to batch: inout BatchBuilder) throws(CorpusError) -> Bool {
    guard try advance(), let piece else { return false }
    let row = piece.tokens.prefix(settings.sequenceLength + 1)
    let place = place(of: piece)
    batch.append(row, origin: RowOrigin(first: place, last: place))
    tokensConsumed = piece.tokens.count
    batchCounts.tokensUsed += row.count - 1
    batchCounts.tokensPadded += settings.sequenceLength + 1 - row.count
    batchCounts.tokensDropped += piece.tokens.count - row.count
    return true
  }

  /// Takes up the next piece, of the next epoch if need be; false at the end of the corpus.
  private mutating func advance() throws(CorpusError) -> Bool {
    while true {
      tokensConsumed = 0
      if let next = try reader.next() {
        piece = next
        return true
      }
      // Start and end tokens alone are no text.
      guard reader.counts.tokensRead > epochStart.tokensRead,
        reader.counts.textBytesRead > epochStart.textBytesRead
      else {
        throw .nothingSurvives(counts: reader.counts - epochStart, filter: settings.filter)
      }
      if settings.endOfCorpus == .stop { return false }
      epoch += 1
      epochStart = reader.counts
      try reader.begin(epoch: epoch)
    }
  }

  private func place(of piece: TokenizedPiece) -> RowOrigin.Place {
    RowOrigin.Place(
      path: settings.files[piece.document.file].path, line: piece.document.record + 1,
      piece: piece.index)
  }

  private mutating func saveCursor(isFinished: Bool) {
    cursor.epoch = epoch
    cursor.isFinished = isFinished
    cursor.position = piece.map {
      Cursor.Position(document: $0.document, piece: $0.index, tokensConsumed: tokensConsumed)
    }
    if isFinished { cursor.position = nil }
    var counts = reader.counts
    counts.tokensUsed = batchCounts.tokensUsed
    counts.tokensPadded = batchCounts.tokensPadded
    counts.tokensDropped = batchCounts.tokensDropped
    cursor.counts = counts
  }
}
