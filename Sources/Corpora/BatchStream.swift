import Synchronization
import Tokenization

/// Batches of a corpus, one after the other, from any saved place on.
///
/// What the n-th batch holds depends only on the files and the settings, never on timing or on how
/// often the stream was saved and opened again. The stream may be handed to another thread, which
/// calls `next()` there.
///
/// ```swift
/// let stream = try BatchStream(
///   files: ["data/books-*.jsonl.zst"], tokenizer: tokenizer, filter: .reference,
///   packing: .concatenated, batchSize: 8, sequenceLength: 2_048, cursor: checkpoint?.cursor)
/// while let batch = try stream.next() { … ; save(stream.cursor) }
/// ```
public final class BatchStream: Sendable {
  /// The files, in the order listed.
  public let files: [CorpusFile]
  private let assembler: Mutex<BatchAssembler>

  /// Opens files, at a saved cursor if there is one.
  ///
  /// - Parameters:
  ///   - patterns: paths and patterns, as for `CorpusFile.expanding(_:)`.
  ///   - textField: the field of JSON lines that holds the text (the reference's `text_key`).
  ///   - normalization: what is done to each piece before it is tokenized.
  ///   - packing: how tokens become rows.
  ///   - batchSize: rows a batch.
  ///   - sequenceLength: tokens a row.
  ///   - cursor: where an earlier stream with the same corpus and settings stood.
  /// - Throws: `CorpusError`, about files, settings or the cursor.
  public convenience init(
    files patterns: [String], textField: String = "text", tokenizer: any Tokenizer,
    normalization: Normalization = .none, filter: DocumentFilter, packing: Packing,
    batchSize: Int, sequenceLength: Int, endOfCorpus: EndOfCorpus = .restart,
    malformedLines: MalformedLinePolicy = .stop, fileOrder: FileOrder = .listed,
    cursor: Cursor? = nil
  ) throws(CorpusError) {
    let source = try FileDocumentSource(
      files: patterns, textField: textField, malformedLines: malformedLines, order: fileOrder)
    try self.init(
      source: source, tokenizer: tokenizer, normalization: normalization, filter: filter,
      packing: packing, batchSize: batchSize, sequenceLength: sequenceLength,
      endOfCorpus: endOfCorpus, cursor: cursor)
  }

  /// Opens a source of documents, at a saved cursor if there is one.
  ///
  /// Padding is the tokenizer's padding token, else its end token, else 0: under causal attention
  /// no target sees it. (The reference pads with the number after the vocabulary's last, and widens
  /// the model for it.)
  ///
  /// - Throws: `CorpusError`, about the source, settings or the cursor.
  public init(
    source: sending any DocumentSource, tokenizer: any Tokenizer,
    normalization: Normalization = .none, filter: DocumentFilter, packing: Packing,
    batchSize: Int, sequenceLength: Int, endOfCorpus: EndOfCorpus = .restart,
    cursor: Cursor? = nil
  ) throws(CorpusError) {
    for (name, value) in [("batchSize", batchSize), ("sequenceLength", sequenceLength)]
    where value < 1 {
      throw .invalidSetting(name: name, value: value, expected: "at least 1")
    }
    try filter.validate()
    files = source.files
    let settings = BatchAssembler.Settings(
      packing: packing, batchSize: batchSize, sequenceLength: sequenceLength,
      endOfCorpus: endOfCorpus,
      paddingToken: tokenizer.paddingToken ?? tokenizer.endToken ?? 0, filter: filter,
      files: source.files)
    let fresh = Cursor(
      epoch: 0, position: nil, isFinished: false, corpus: CorpusIdentity(of: source.files),
      tokenizer: tokenizer.fingerprint,
      reading: "\(source.reading), \(filter), normalization \(normalization), \(packing)",
      counts: CorpusCounts())
    let reader = PieceReader(
      source: source, tokenizer: tokenizer, normalization: normalization, filter: filter,
      packing: packing)
    assembler = Mutex(
      try BatchAssembler(settings: settings, reader: reader, fresh: fresh, resumingAt: cursor))
  }

  /// The next batch, or nil at the end of a corpus that does not restart.
  ///
  /// - Throws: `CorpusError`; after an error every call throws it again, and `cursor` stays where
  ///   it was before the batch that failed.
  public func next() throws(CorpusError) -> Batch? {
    try assembler.withLock { (assembler) throws(CorpusError) in try assembler.next() }
  }

  /// The place after the last batch given.
  public var cursor: Cursor { assembler.withLock { $0.cursor } }

  /// What became of the corpus up to the last batch given.
  public var counts: CorpusCounts { cursor.counts }
}
