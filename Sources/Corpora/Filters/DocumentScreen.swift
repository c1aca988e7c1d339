/// The half of screening that decides about documents in their order.
///
/// Where it stands is `state`: a copy costs nothing until more is judged, and then 64 KiB. A screen
/// that is made from it decides as this one would have.
public struct DocumentScreen: Sendable {
  /// What a screen remembers, for checkpoints.
  public struct State: Codable, Sendable, Equatable {
    /// What was kept and dropped so far.
    public var counts = ScreeningCounts()
    var exactDuplicates: RecordRing?
    var nearDuplicates: RecordRing?

    /// Nothing so far.
    public init() {}
  }

  private let screening: DocumentScreening
  private var exact: ExactDuplicateWindow?
  private var near: NearDuplicateWindow?

  /// What was kept and dropped so far; a screen that goes on from a state goes on counting.
  public private(set) var counts: ScreeningCounts

  /// Starts, or goes on where another screen of the same settings stood.
  ///
  /// - Throws: `CorpusError`, about the settings, or if the state cannot be theirs.
  public init(
    _ screening: DocumentScreening, resumingAt state: State = State()
  ) throws(CorpusError) {
    try screening.validate()
    guard state.counts.isPlausible else {
      // Adding such counts up for a message could overflow.
      throw .cursorOutsideCorpus(detail: "screening counts that no corpus has")
    }
    self.screening = screening
    counts = state.counts
    if let filter = screening.exactDuplicates {
      exact =
        try Self.ring(
          state.exactDuplicates, width: ExactDuplicateWindow.recordWidth, capacity: filter.window,
          name: "exact duplicates"
        ).map(ExactDuplicateWindow.init) ?? ExactDuplicateWindow(filter)
    }
    if let filter = screening.nearDuplicates {
      near =
        try Self.ring(
          state.nearDuplicates, width: NearDuplicateWindow.recordWidth(filter),
          capacity: filter.window, name: "near duplicates"
        ).map { NearDuplicateWindow(filter, ring: $0) } ?? NearDuplicateWindow(filter)
    }
  }

  private static func ring(
    _ saved: RecordRing?, width: Int, capacity: Int, name: String
  ) throws(CorpusError) -> RecordRing? {
    guard let saved else { return nil }
    guard saved.width == width, saved.capacity == capacity else {
      throw .cursorOutsideCorpus(
        detail: "a window for \(name) of \(saved.capacity) documents of \(saved.width) bytes, "
          + "expected \(capacity) of \(width)")
    }
    return saved
  }

  /// Where it stands.
  public var state: State {
    var state = State()
    state.counts = counts
    state.exactDuplicates = exact?.ring
    state.nearDuplicates = near?.ring
    return state
  }

  /// Decides about the next document: the filter that drops it, or nil if it is kept.
  ///
  /// - Parameters:
  ///   - evidence: what an examiner of the same settings found.
  ///   - source: which of a mixture's sources it comes from, so that `beginPass(over:)` can tell.
  public mutating func judge(
    _ evidence: DocumentEvidence, from source: UInt16 = 0
  ) -> ScreeningFilter? {
    let rejection = rejection(of: evidence)
    if let rejection {
      counts[rejection].add(evidence.byteCount)
    } else {
      counts.kept.add(evidence.byteCount)
      exact?.remember(evidence.contentHash, from: source)
      if !evidence.signature.isEmpty { near?.remember(evidence.signature, from: source) }
    }
    return rejection
  }

  private func rejection(of evidence: DocumentEvidence) -> ScreeningFilter? {
    if let rejection = evidence.rejection { return rejection }
    if exact?.contains(evidence.contentHash) == true { return .exactDuplicate }
    if !evidence.signature.isEmpty, near?.contains(evidence.signature) == true {
      return .nearDuplicate
    }
    return nil
  }

  /// Forgets the documents of a source, which is about to be read from its beginning again: each
  /// would be a duplicate of itself.
  public mutating func beginPass(over source: UInt16 = 0) {
    exact?.forget(source)
    if let filter = screening.nearDuplicates { near?.forget(source, filter) }
  }
}
