/// All that a document's own text says of it.
public struct DocumentEvidence: Sendable, Equatable {
  /// Bytes of its text.
  public internal(set) var byteCount: Int
  /// XXH3 of its text; 0 if nobody asks for it.
  var contentHash: UInt64 = 0
  /// Its MinHash signature; empty if nobody asks for it, or there is nothing in the text.
  var signature: [UInt8] = []
  /// The filter that drops it whatever came before: its tokens are then not needed.
  public internal(set) var rejection: ScreeningFilter?
}

/// The half of screening that looks at one document at a time, on any thread.
///
/// ```swift
/// let evidence = examiner.examine(text: text)
/// // in order, on one thread:
/// if screen.judge(evidence) == nil { … }
/// ```
public struct DocumentExaminer: Sendable, CustomStringConvertible {
  /// What is looked for.
  public let screening: DocumentScreening
  /// The runs that contaminate, if they are looked for.
  public let evaluationRuns: EvaluationRuns?
  private let minHasher: MinHasher?

  /// Prepares to examine.
  ///
  /// - Parameter evaluationTexts: what `screening.contamination` looks for: the questions, answers
  ///   and passages of evaluations; not looked at without it.
  /// - Throws: `CorpusError`, about the settings.
  public init(
    _ screening: DocumentScreening, evaluationTexts: some Sequence<String> = EmptyCollection()
  ) throws(CorpusError) {
    try screening.validate()
    self.screening = screening
    evaluationRuns = screening.contamination.map { EvaluationRuns($0, texts: evaluationTexts) }
    minHasher = screening.nearDuplicates.map(MinHasher.init)
  }

  /// The settings and what tells the evaluations' texts from others: part of a cursor's identity.
  public var description: String {
    guard let runs = evaluationRuns else { return screening.description }
    return "\(screening) (\(runs.count) runs, digest \(runs.digest))"
  }

  /// Examines a document's text.
  ///
  /// - Parameter text: the whole document, valid UTF-8.
  public func examine(text: UnsafeBufferPointer<UInt8>) -> DocumentEvidence {
    var evidence = DocumentEvidence(byteCount: text.count)
    let needsWords = evaluationRuns != nil || minHasher?.usesWords == true
    let words = needsWords ? wordHashes(of: text) : nil
    if let runs = evaluationRuns, let filter = screening.contamination, let words,
      filter.isContaminated(runs.overlap(of: words))
    {
      evidence.rejection = .contamination
      return evidence
    }
    if screening.exactDuplicates != nil {
      evidence.contentHash = contentHash(UnsafeRawBufferPointer(text))
    }
    evidence.signature = minHasher?.signature(of: text, words: words) ?? []
    return evidence
  }
}
