import Synchronization
import Tokenization

/// Batches of a corpus, one after the other, from any saved place on.
///
/// What the n-th row holds depends only on the files and the settings: never on timing, on how many
/// threads read, on how many processes share the rows, or on how often the stream was saved and
/// opened again. The stream may be handed to another thread, which calls `next()` there.
///
/// ```swift
/// let stream = try BatchStream(
///   files: ["data/books-*.jsonl.zst"], tokenizer: tokenizer, filter: .reference,
///   packing: .concatenated, batchSize: 8, sequenceLength: 2_048, cursor: checkpoint?.cursor)
/// while let batch = try stream.next() { … ; save(stream.cursor) }
/// ```
public final class BatchStream: Sendable {
  /// How pieces become batches.
  public struct Layout: Sendable {
    /// How tokens become rows.
    public var packing: Packing
    /// Whether attention and positions are kept inside each document of a row.
    public var attention: AttentionScope
    /// Rows a batch.
    public var batchSize: Int
    /// Tokens a row.
    public var sequenceLength: Int
    /// Which of the rows are this process's.
    public var share: CorpusShare

    /// Describes batches.
    public init(
      packing: Packing, attention: AttentionScope = .row, batchSize: Int, sequenceLength: Int,
      share: CorpusShare = .whole
    ) {
      self.packing = packing
      self.attention = attention
      self.batchSize = batchSize
      self.sequenceLength = sequenceLength
      self.share = share
    }

    /// What the place between two rows depends on, in words.
    var reading: String {
      let scope = attention == .row ? "" : ", attention within documents"
      guard case .bestFit = packing else { return "\(packing)\(scope)" }
      return "\(packing) into \(sequenceLength)\(scope)"
    }

    func validate() throws(CorpusError) {
      try packing.validate()
      for (name, value) in [
        ("batchSize", batchSize), ("sequenceLength", sequenceLength), ("share count", share.count),
      ] where !(1...(1 << 24)).contains(value) {
        throw .invalidSetting(name: name, value: value, expected: "1 to \(1 << 24)")
      }
      guard (0..<share.count).contains(share.index) else {
        throw .invalidSetting(
          name: "share index", value: share.index, expected: "0 to \(share.count - 1)")
      }
    }
  }

  /// The files of all sources, in the order listed.
  public let files: [CorpusFile]
  /// What the sources are called, in the order of the cursor's counts.
  public let sourceNames: [String]

  private enum State {
    case assembling(BatchAssembler)
    case queued(BatchQueue, Cursor)
  }
  private let state: Mutex<State>

  /// Opens files, at a saved cursor if there is one.
  ///
  /// - Parameters:
  ///   - patterns: paths and patterns, as for `CorpusStorage.files(matching:)`.
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
    batchSize: Int, sequenceLength: Int, endOfCorpus: DrySource = .restart,
    malformedLines: MalformedLinePolicy = .stop, fileOrder: FileOrder = .listed,
    readers: Int = 0, cursor: Cursor? = nil
  ) throws(CorpusError) {
    let source = try FileDocumentSource(
      files: patterns, textField: textField, malformedLines: malformedLines, order: fileOrder)
    try self.init(
      mixing: [CorpusComponent(source: source, whenDry: endOfCorpus)], tokenizer: tokenizer,
      normalization: normalization, filter: filter,
      Layout(packing: packing, batchSize: batchSize, sequenceLength: sequenceLength),
      readers: readers, cursor: cursor)
  }

  /// Opens a mixture of sources, at a saved cursor if there is one.
  ///
  /// Padding is the tokenizer's padding token, else its end token, else 0: under causal attention
  /// no target sees it. (The reference pads with the number after the vocabulary's last, and widens
  /// the model for it.)
  ///
  /// - Parameters:
  ///   - screening: finds what there is to know of each document, for those that are dropped whole;
  ///     nil keeps every document.
  ///   - readers: threads that read and tokenize ahead, with one more that assembles batches; with 0
  ///     all is done within `next()`.
  ///   - cursor: where an earlier stream with the same corpus and settings stood, whatever its
  ///     number of readers, its share, and (but for `Packing.bestFit`) its layout were.
  /// - Throws: `CorpusError`, about the sources, settings or the cursor.
  public init(
    mixing components: sending [CorpusComponent], tokenizer: any Tokenizer,
    normalization: Normalization = .none, filter: DocumentFilter,
    screening examiner: DocumentExaminer? = nil, _ layout: Layout,
    readers: Int = 0, cursor saved: Cursor? = nil
  ) throws(CorpusError) {
    try layout.validate()
    try filter.validate()
    try CorpusComponent.validate(components)
    let (files, count) = (components.map(\.source.files), components.count)
    self.files = files.flatMap { $0 }
    sourceNames = components.map(\.name)
    let names = components.map(\.messageName)
    var cursor = Cursor(
      sequence: 0, position: nil, isFinished: false, corpus: CorpusIdentity(of: self.files),
      tokenizer: tokenizer.fingerprint,
      reading: components.map(\.reading).joined(separator: "; ")
        + ", \(filter), normalization \(normalization), \(layout.reading)"
        + (examiner.map { ", screened: \($0)" } ?? ""),
      counts: Array(repeating: CorpusCounts(), count: count))
    if let saved {
      try cursor.validate(saved)
      let ends = components.contains { $0.whenDry != .restart }
      guard !saved.isFinished || ends else {
        throw .cursorOutsideCorpus(detail: "the corpus had ended there, and now restarts")
      }
      cursor = saved
    }
    var mixture = MixtureReader(components, filter: filter)
    if let position = cursor.position { try mixture.resume(at: position.mixture) }
    let pipeline = PassagePipeline(
      mixture,
      PassageTokenizer(
        tokenizer: tokenizer, normalization: normalization, filter: filter, examiner: examiner,
        minimumTokens: max(filter.minimumTokens, layout.packing.minimumTokens(layout.attention))),
      readers: cursor.isFinished ? 0 : readers)
    let assembler = try BatchAssembler(
      settings: BatchAssembler.Settings(
        packing: layout.packing, attention: layout.attention, batchSize: layout.batchSize,
        sequenceLength: layout.sequenceLength,
        paddingToken: tokenizer.paddingToken ?? tokenizer.endToken ?? 0, share: layout.share,
        files: files),
      pieces: PieceSequence(
        pipeline, filter: filter, screening: examiner?.screening ?? .none,
        names: names,
        resumingAt: cursor.position),
      cursor: cursor)
    state = Mutex(
      readers > 0 ? .queued(BatchQueue(assembler), cursor) : .assembling(assembler))
  }

  /// The next batch, or nil at the end of a corpus that does not restart.
  ///
  /// - Throws: `CorpusError`; after an error every call throws it again, and `cursor` stays where
  ///   it was before the batch that failed.
  public func next() throws(CorpusError) -> Batch? {
    try state.withLock { (state) throws(CorpusError) in
      switch state {
      case .assembling(var assembler):
        defer { state = .assembling(assembler) }
        return try assembler.next()
      case .queued(let queue, _):
        let (batch, cursor) = try queue.next()
        state = .queued(queue, cursor)
        return batch
      }
    }
  }

  /// The place after the last batch given.
  public var cursor: Cursor {
    state.withLock {
      switch $0 {
      case .assembling(let assembler): assembler.cursor
      case .queued(_, let cursor): cursor
      }
    }
  }

  /// What became of the corpus up to the last batch given, all sources together.
  public var counts: CorpusCounts { cursor.counts.total }
}
