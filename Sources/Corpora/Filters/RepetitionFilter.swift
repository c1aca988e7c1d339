/// Drops token sequences that say the same thing over and over: `Ha ha ha ha …`, tables of zeros.
///
/// OLMo-core's instance filter (`olmo_core/data/utils.py`, `find_periodic_sequences`, and
/// `InstanceFilterConfig` of `numpy_dataset.py`; OLMo 2, arXiv:2501.00656): a stretch has period p
/// if every token of it but the first p equals the one p places before. It repeats ⌊length / p⌋
/// times; where that is 32 or more for a period of 1 to 13, the sequence is dropped. A period that
/// is a multiple of a smaller one repeats less often, so that the smallest is the one that counts.
public struct RepetitionFilter: Codable, Sendable, Equatable {
  /// The shortest period looked for, in tokens.
  public var minimumPeriod: Int
  /// The longest period looked for, in tokens.
  public var maximumPeriod: Int
  /// So many repetitions drop a sequence.
  public var repetitions: Int

  /// Makes a filter; the defaults are OLMo-core's.
  public init(minimumPeriod: Int = 1, maximumPeriod: Int = 13, repetitions: Int = 32) {
    self.minimumPeriod = minimumPeriod
    self.maximumPeriod = maximumPeriod
    self.repetitions = repetitions
  }

  /// OLMo-core's: a period of up to 13 tokens, repeated 32 times.
  public static let olmo = RepetitionFilter()

  /// A stretch that repeats itself.
  public struct Finding: Sendable, Equatable {
    /// Tokens after which it repeats.
    public var period: Int
    /// Where it lies, as far as it goes.
    public var range: Range<Int>
    /// Whole repetitions.
    public var repetitions: Int { range.count / period }
  }

  /// Whether a sequence is dropped.
  public func isRepetitive(_ tokens: [Int32]) -> Bool { firstFinding(in: tokens) != nil }

  /// The first stretch of the smallest period that repeats often enough, or nil.
  ///
  /// For each period p the tokens that equal the one p before them must come
  /// (repetitions − 1) · p in a row. Searched like a string with a pattern of one letter: from the
  /// end of where such a run could lie backwards, so that text looks at a token in hundreds. Time:
  /// O(n) a period at the very most, and a tenth of a comparison a token on text.
  public func firstFinding(in tokens: [Int32]) -> Finding? {
    tokens.withUnsafeBufferPointer { tokens in
      guard minimumPeriod <= maximumPeriod else { return nil }
      for period in minimumPeriod...maximumPeriod {
        // Longer periods do not fit often enough.
        let (length, overflows) = period.multipliedReportingOverflow(by: repetitions)
        guard !overflows, length <= tokens.count else { return nil }
        if let finding = firstFinding(in: tokens, period: period, equalities: length - period) {
          return finding
        }
      }
      return nil
    }
  }

  private func firstFinding(
    in tokens: UnsafeBufferPointer<Int32>, period: Int, equalities: Int
  ) -> Finding? {
    // No run that is long enough begins before `start`; from `start` to `known` all are equal.
    var start = period
    var known = period
    while start + equalities <= tokens.count {
      let end = start + equalities
      var index = end
      while index > known, tokens[index - 1] == tokens[index - 1 - period] { index -= 1 }
      if index == known {
        var last = end
        while last < tokens.count, tokens[last] == tokens[last - period] { last += 1 }
        return Finding(period: period, range: start - period..<last)
      }
      (start, known) = (index, max(end, index))
    }
    return nil
  }

  func validate() throws(CorpusError) {
    if minimumPeriod < 1 {
      throw .invalidSetting(name: "minimumPeriod", value: minimumPeriod, expected: "at least 1")
    }
    if maximumPeriod < minimumPeriod {
      throw .invalidSetting(
        name: "maximumPeriod", value: maximumPeriod, expected: "at least \(minimumPeriod)")
    }
    // The reference cannot tell periods that repeat less often.
    if repetitions < 3 {
      throw .invalidSetting(name: "repetitions", value: repetitions, expected: "at least 3")
    }
  }
}

extension RepetitionFilter: CustomStringConvertible {
  /// The three numbers, for messages.
  public var description: String {
    "no period of \(minimumPeriod) to \(maximumPeriod) tokens \(repetitions) times"
  }
}
