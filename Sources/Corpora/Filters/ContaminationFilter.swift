/// Drops documents that contain an evaluation's text.
///
/// As GPT-3's training data were cleaned (arXiv:2005.14165, appendix C) and as
/// `lm-evaluation-harness` looks for overlaps (`lm_eval/decontamination`): both texts are lowercased,
/// ASCII punctuation is taken out, words are what white space separates, and a run of 13 words of an
/// evaluation's text that a document has too is an overlap. GPT-3 cut the overlaps out with 200
/// characters around them; here the document is dropped.
///
/// Texts of an evaluation that are shorter than a run are left out, as the harness does: "Which of
/// these is true?" would drop half of any corpus. `shortestText` has them matched whole from a
/// number of words on; GPT-3's smallest was 8.
public struct ContaminationFilter: Codable, Sendable, Equatable {
  /// Words a run.
  public var runLength: Int
  /// Texts of an evaluation with fewer words are left out; with fewer words than a run, but not
  /// fewer than this, they count as a run of their own length.
  public var shortestText: Int
  /// A document with fewer overlaps is kept. Each place of a document where a run begins that an
  /// evaluation has is one.
  public var minimumOverlaps: Int
  /// A document of whose runs a smaller share overlaps is kept.
  public var minimumShare: Double

  /// Makes a filter; the defaults are GPT-3's 13 words, the harness's silence about shorter texts,
  /// and one overlap whatever its share.
  public init(
    runLength: Int = 13, shortestText: Int? = nil, minimumOverlaps: Int = 1,
    minimumShare: Double = 0
  ) {
    self.runLength = runLength
    self.shortestText = shortestText ?? runLength
    self.minimumOverlaps = minimumOverlaps
    self.minimumShare = minimumShare
  }

  /// What a document has in common with evaluations.
  public struct Overlap: Sendable, Equatable {
    /// Places where a run of an evaluation, or a short text of one, begins.
    public var count: Int
    /// Runs of the document; one if it is shorter than a run but not empty.
    public var runs: Int

    /// Describes what a document has in common.
    public init(count: Int, runs: Int) {
      self.count = count
      self.runs = runs
    }
  }

  /// Whether so much of an overlap drops a document.
  public func isContaminated(_ overlap: Overlap) -> Bool {
    overlap.count >= minimumOverlaps
      && Double(overlap.count) >= minimumShare * Double(overlap.runs)
  }

  func validate() throws(CorpusError) {
    func check(
      _ name: String, _ value: Int, _ range: ClosedRange<Int>
    ) throws(CorpusError) {
      if !range.contains(value) {
        throw .invalidSetting(
          name: "contamination.\(name)", value: value,
          expected: "\(range.lowerBound) to \(range.upperBound)")
      }
    }
    try check("runLength", runLength, 1...1_000)
    try check("shortestText", shortestText, 1...runLength)
    try check("minimumOverlaps", minimumOverlaps, 1...1 << 60)
    guard minimumShare >= 0, minimumShare <= 1 else {
      throw .invalidScreening(
        setting: "contamination.minimumShare", value: "\(minimumShare)", expected: "0 to 1")
    }
  }
}

extension ContaminationFilter: CustomStringConvertible {
  /// All settings, for messages.
  public var description: String {
    let short = shortestText < runLength ? " or whole texts of \(shortestText) and more" : ""
    let share = minimumShare > 0 ? " and \(minimumShare) of its runs" : ""
    let runs = minimumOverlaps == 1 ? "a run" : "\(minimumOverlaps) runs"
    return "no document with \(runs) of \(runLength) words\(short)\(share) in common "
      + "with evaluations"
  }
}
