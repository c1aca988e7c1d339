import Tokenization

/// A piece's tokens and where they come from.
struct TokenizedPiece {
  let tokens: [Int32]
  let document: DocumentPosition
  let index: Int
}

/// The way from documents to tokens: cut, filter, normalize, tokenize.
struct PieceReader {
  private var source: any DocumentSource
  private let tokenizer: any Tokenizer
  private let normalization: Normalization
  private let filter: DocumentFilter
  /// Fewest tokens that the packing can use.
  private let minimumTokens: Int

  private var cutter: PieceCutter
  private var text: [UInt8] = []
  private var document: DocumentPosition?
  private var documentIsComplete = true
  private var documentIsKept = false
  private var pieceIndex = -1
  private var skippedBefore = 0

  private(set) var counts = CorpusCounts()

  init(
    source: any DocumentSource, tokenizer: any Tokenizer, normalization: Normalization,
    filter: DocumentFilter, packing: Packing
  ) {
    self.source = source
    self.tokenizer = tokenizer
    self.normalization = normalization
    self.filter = filter
    minimumTokens = max(filter.minimumTokens, packing == .padOrTruncate ? 2 : 0)
    cutter = PieceCutter(filter)
  }

  /// The next piece that passes the filter, or nil at the end of the epoch.
  mutating func next() throws(CorpusError) -> TokenizedPiece? {
    while let range = try nextRange() {
      counts.piecesRead += 1
      counts.textBytesRead += range.count
      guard hasEnoughCharacters(range) else {
        counts.piecesWithTooFewCharacters += 1
        continue
      }
      let piece = tokenized(range)
      guard piece.tokens.count >= minimumTokens else {
        counts.piecesWithTooFewTokens += 1
        continue
      }
      counts.piecesKept += 1
      counts.documentsKept += documentIsKept ? 0 : 1
      documentIsKept = true
      counts.tokensRead += piece.tokens.count
      return piece
    }
    return nil
  }

  /// Goes to the start of an epoch.
  mutating func begin(epoch: Int) throws(CorpusError) {
    try source.seek(epoch: epoch, document: nil)
    startDocument(nil, isComplete: true)
  }

  /// Goes back to a piece that was kept before, and gives it again without counting it again.
  ///
  /// Pieces before it in its document are cut but not tokenized, documents before it not even read.
  mutating func resume(
    epoch: Int, at position: Cursor.Position, counts saved: CorpusCounts
  ) throws(CorpusError) -> TokenizedPiece {
    try source.seek(epoch: epoch, document: position.document)
    startDocument(nil, isComplete: true)
    while let range = try nextRange() {
      guard document == position.document else { break }
      guard pieceIndex == position.piece else { continue }
      let piece = tokenized(range)
      guard (0...piece.tokens.count).contains(position.tokensConsumed) else {
        throw .cursorOutsideCorpus(
          detail: "token \(position.tokensConsumed) of a piece of \(piece.tokens.count)")
      }
      documentIsKept = true
      counts = saved
      return piece
    }
    throw .cursorOutsideCorpus(
      detail: "piece \(position.piece) of record \(position.document.record + 1), "
        + "file \(position.document.file + 1)")
  }

  /// The next piece of the source's text; nil at the end of the epoch.
  private mutating func nextRange() throws(CorpusError) -> Range<Int>? {
    while true {
      if document != nil, let range = cutter.next(in: text, isComplete: documentIsComplete) {
        pieceIndex += 1
        return range
      }
      if documentIsComplete {
        text.removeAll(keepingCapacity: true)
      } else {
        cutter.discardPieces(from: &text)
      }
      let chunk = try source.read(appendingTo: &text)
      let skipped = source.malformedRecordsSkipped
      counts.malformedLinesSkipped += skipped - skippedBefore
      skippedBefore = skipped
      guard let chunk else {
        startDocument(nil, isComplete: true)
        return nil
      }
      if chunk.isFirst {
        startDocument(chunk.document, isComplete: chunk.isLast)
        counts.documentsRead += 1
      }
      documentIsComplete = chunk.isLast
    }
  }

  private mutating func startDocument(_ position: DocumentPosition?, isComplete: Bool) {
    document = position
    documentIsComplete = isComplete
    documentIsKept = false
    pieceIndex = -1
    cutter.reset()
  }

  private func hasEnoughCharacters(_ range: Range<Int>) -> Bool {
    let minimum = filter.minimumCharacters
    return minimum == 0
      || text.withUnsafeBufferPointer {
        normalizedCharacterCount(of: UnsafeBufferPointer(rebasing: $0[range]), upTo: minimum)
      } == minimum
  }

  private func tokenized(_ range: Range<Int>) -> TokenizedPiece {
    var tokens: [Int32] = []
    if let start = tokenizer.startToken { tokens.append(start) }
    if case .none = normalization {
      tokens += text.withUnsafeBufferPointer {
        tokenizer.encode(UnsafeBufferPointer(rebasing: $0[range]))
      }
    } else {
      let normalized = normalization.applied(to: Array(text[range]))
      tokens += normalized.withUnsafeBufferPointer { tokenizer.encode($0) }
    }
    if let end = tokenizer.endToken { tokens.append(end) }
    guard let document else { preconditionFailure("piece \(pieceIndex) has no document") }
    return TokenizedPiece(tokens: tokens, document: document, index: pieceIndex)
  }
}
