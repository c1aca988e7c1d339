/// The filters that look at whole documents, in the order in which they are asked.
public enum ScreeningFilter: String, Codable, Sendable, CaseIterable {
  /// Text of an evaluation.
  case contamination
  /// A document that was there before.
  case exactDuplicate
  /// A document that is almost one that was there before.
  case nearDuplicate
}

/// What document filters kept and dropped, and which one it was.
public struct ScreeningCounts: Codable, Sendable, Equatable {
  /// Documents and their bytes of text.
  public struct Tally: Codable, Sendable, Equatable {
    /// How many documents.
    public var documents = 0
    /// How many bytes.
    public var bytes = 0

    /// Nothing so far.
    public init() {}

    mutating func add(_ byteCount: Int) {
      documents += 1
      bytes += byteCount
    }
  }

  /// Kept by all filters.
  public var kept = Tally()
  /// Dropped for an evaluation's text.
  public var contamination = Tally()
  /// Dropped as exact duplicates.
  public var exactDuplicate = Tally()
  /// Dropped as near duplicates.
  public var nearDuplicate = Tally()

  /// Nothing so far.
  public init() {}

  /// What a filter dropped.
  public subscript(filter: ScreeningFilter) -> Tally {
    get { self[keyPath: Self.field(filter)] }
    set { self[keyPath: Self.field(filter)] = newValue }
  }

  /// All that were dropped.
  public var dropped: Tally {
    var total = Tally()
    for filter in ScreeningFilter.allCases {
      total.documents += self[filter].documents
      total.bytes += self[filter].bytes
    }
    return total
  }

  private static func field(_ filter: ScreeningFilter) -> WritableKeyPath<ScreeningCounts, Tally> {
    switch filter {
    case .contamination: \.contamination
    case .exactDuplicate: \.exactDuplicate
    case .nearDuplicate: \.nearDuplicate
    }
  }

  /// Adds two counts.
  public static func + (left: ScreeningCounts, right: ScreeningCounts) -> ScreeningCounts {
    left.combined(with: right, +)
  }

  /// What was counted since.
  public static func - (left: ScreeningCounts, right: ScreeningCounts) -> ScreeningCounts {
    left.combined(with: right, -)
  }

  /// Adds other counts.
  public static func += (left: inout ScreeningCounts, right: ScreeningCounts) {
    left = left + right
  }

  /// Whether these can have been counted, and not come from a damaged file.
  var isPlausible: Bool {
    Self.fields.allSatisfy {
      let tally = self[keyPath: $0]
      return (0..<CorpusCounts.limit).contains(tally.documents)
        && (0..<CorpusCounts.limit).contains(tally.bytes)
    }
  }

  private func combined(
    with other: ScreeningCounts, _ combine: (Int, Int) -> Int
  ) -> ScreeningCounts {
    var result = self
    for field in Self.fields {
      let (left, right) = (self[keyPath: field], other[keyPath: field])
      result[keyPath: field].documents = combine(left.documents, right.documents)
      result[keyPath: field].bytes = combine(left.bytes, right.bytes)
    }
    return result
  }

  private static var fields: [WritableKeyPath<ScreeningCounts, Tally>] {
    [\.kept] + ScreeningFilter.allCases.map(field)
  }
}

extension ScreeningCounts: CustomStringConvertible {
  /// What was dropped for what, in words.
  public var description: String {
    let reasons: [(Tally, String)] = [
      (contamination, "contained an evaluation's text"),
      (exactDuplicate, "were exact duplicates"), (nearDuplicate, "were near duplicates"),
    ]
    let parts = reasons.filter { $0.0.documents > 0 }.map {
      "\($0.0.documents) (\($0.0.bytes) bytes) \($0.1)"
    }
    let total = kept.documents + dropped.documents
    return "of \(total) documents \(kept.documents) (\(kept.bytes) bytes) were kept"
      + parts.map { ", \($0)" }.joined()
  }
}
