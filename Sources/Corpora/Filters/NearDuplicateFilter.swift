import Foundation

/// Drops documents that are almost one of the last so many that were kept.
///
/// A document is the set of its shingles, runs of words or characters; two documents are as alike
/// as the share of shingles that they have in common (Jaccard). MinHash (Broder 1997) estimates it:
/// of each document the smallest value of each of k hash functions is kept, and two documents agree
/// in one of them with the chance that is their likeness. The k values are cut to `bands` of `rows`,
/// and documents that agree in a whole band, which a pair of likeness s does with a chance of
/// 1 − (1 − s^rows)^bands, are compared in all k. Values are kept as 8 bits (b-bit minwise hashing,
/// arXiv:0910.3349), for which the estimate is corrected.
///
/// | settings | shingles | bands × rows | threshold | source |
/// |---|---|---|---|---|
/// | the default | 5 words | 14 × 8 | 0.8 | FineWeb's hashes (datatrove; arXiv:2406.17557) |
/// | SlimPajama | 13 characters | 9 × 13 | 0.8 | `to_hash.py`, 128 hashes of datasketch |
/// | Lee et al. | 5 words | 450 × 20 | 0.8 | arXiv:2107.06499, appendix A |
///
/// FineWeb drops all that share a band; the threshold here is Lee's and SlimPajama's. A pair of
/// likeness 0.8 shares a band with a chance of 92%, and the estimate from 112 values has a standard
/// deviation of 0.04 there.
///
/// A document of the window takes bands · rows + 2 bytes in memory and in checkpoints (4/3 of it in
/// JSON), and 12 to 20 · bands more of an index that is built again on resuming: 1.8 MiB in a
/// checkpoint (2.4 as JSON) for the default window, and 3 to 5 MiB of index.
public struct NearDuplicateFilter: Codable, Sendable, Equatable {
  /// What documents are compared by.
  public enum Shingles: Codable, Sendable, Equatable {
    /// Runs of so many words, as decontamination sees words.
    case words(Int)
    /// Runs of so many characters of the text in lower case, without ASCII punctuation: for scripts
    /// that put no spaces between words.
    case characters(Int)
  }

  /// What documents are compared by; a shorter text is one shingle.
  public var shingles: Shingles
  /// Groups of hashes of which one has to agree.
  public var bands: Int
  /// Hashes a group.
  public var rows: Int
  /// Documents whose estimated likeness is at least this are duplicates.
  public var threshold: Double
  /// How many documents are remembered.
  public var window: Int

  /// Makes a filter; 2¹⁴ documents are about a shard of a published corpus' row groups.
  public init(
    shingles: Shingles = .words(5), bands: Int = 14, rows: Int = 8, threshold: Double = 0.8,
    window: Int = 1 << 14
  ) {
    self.shingles = shingles
    self.bands = bands
    self.rows = rows
    self.threshold = threshold
    self.window = window
  }

  /// Values a document.
  package var hashCount: Int { bands * rows }

  /// The chance that two values of 8 bits agree though their hashes differ.
  private static let accident = 1.0 / 256

  /// The likeness that so many agreeing values speak for.
  package func estimate(agreeing: Int) -> Double {
    let share = Double(agreeing) / Double(hashCount)
    return max(0, (share - Self.accident) / (1 - Self.accident))
  }

  /// The fewest agreeing values that speak for the threshold.
  package var agreeingAtThreshold: Int {
    (0...hashCount).first { estimate(agreeing: $0) >= threshold } ?? hashCount
  }

  func validate() throws(CorpusError) {
    func check(
      _ name: String, _ value: Int, _ range: ClosedRange<Int>
    ) throws(CorpusError) {
      if !range.contains(value) {
        throw .invalidSetting(
          name: "nearDuplicates.\(name)", value: value,
          expected: "\(range.lowerBound) to \(range.upperBound)")
      }
    }
    switch shingles {
    case .words(let length), .characters(let length): try check("shingles", length, 1...1_000)
    }
    try check("bands", bands, 1...1_024)
    try check("rows", rows, 1...64)
    // Lee et al. use 9,000 values, the most there are.
    try check("bands · rows", hashCount, 1...9_216)
    try validateWindow(window, name: "nearDuplicates.window")
    // A window that no machine holds is a mistake of units.
    try check("window · bands · rows", window * hashCount, 1...1 << 36)
    guard threshold > 0, threshold <= 1 else {
      throw .invalidScreening(
        setting: "nearDuplicates.threshold", value: "\(threshold)", expected: "above 0, at most 1")
    }
  }
}

extension NearDuplicateFilter: CustomStringConvertible {
  /// All settings, for messages.
  public var description: String {
    let unit =
      switch shingles {
      case .words(let length): "\(length) words"
      case .characters(let length): "\(length) characters"
      }
    return "no near duplicates within \(window) documents (runs of \(unit), \(bands) × \(rows) "
      + "hashes, likeness \(threshold))"
  }
}
