/// Which documents of a corpus are dropped whole, whatever is in them otherwise worth training on.
///
/// The work is in two halves. A `DocumentExaminer` finds out what there is to know of one document:
/// it has no state, and works on as many threads as there are. A `DocumentScreen` then decides about
/// the documents in their order: it remembers those it kept, and what it remembers can be saved.
/// What is a document is up to the caller: what is handed to the examiner is judged as one.
///
/// Filters are asked in the order of `ScreeningFilter`; the first that drops a document counts it,
/// and what was dropped is not remembered.
public struct DocumentScreening: Codable, Sendable, Equatable {
  /// Drops documents that were there before; nil keeps them.
  public var exactDuplicates: ExactDuplicateFilter?
  /// Drops documents that are almost others; nil keeps them.
  public var nearDuplicates: NearDuplicateFilter?
  /// Drops documents with text of evaluations; nil keeps them.
  public var contamination: ContaminationFilter?

  /// Makes a choice; by default of no filter.
  public init(
    exactDuplicates: ExactDuplicateFilter? = nil, nearDuplicates: NearDuplicateFilter? = nil,
    contamination: ContaminationFilter? = nil
  ) {
    self.exactDuplicates = exactDuplicates
    self.nearDuplicates = nearDuplicates
    self.contamination = contamination
  }

  /// Keeps every document.
  public static let none = DocumentScreening()

  /// Whether every document is kept.
  public var isEmpty: Bool { self == .none }

  /// Checks all settings.
  ///
  /// - Throws: `CorpusError.invalidSetting` or `.invalidScreening`.
  public func validate() throws(CorpusError) {
    try exactDuplicates?.validate()
    try nearDuplicates?.validate()
    try contamination?.validate()
  }
}

extension DocumentScreening: CustomStringConvertible {
  /// All settings of all filters, in words: they decide what a corpus's documents are.
  public var description: String {
    let parts = [
      contamination?.description, exactDuplicates?.description, nearDuplicates?.description,
    ].compactMap(\.self)
    return parts.isEmpty ? "every document" : parts.joined(separator: ", ")
  }
}
