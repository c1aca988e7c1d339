/// Lengths of any number of documents in a fixed memory, with quantiles and a histogram.
///
/// A length below 128 has a count of its own; from there on each power of two is divided into 64
/// parts (as in HdrHistogram), so that a quantile is off by 0.8% at most, and 3,712 counts reach to
/// 2⁶³. Only whole numbers are added: the order of documents, and of sketches merged, changes
/// nothing.
public struct LengthSketch: Sendable, Equatable {
  /// How many lengths.
  public private(set) var count = 0
  /// Their sum, which stops at `Int.max`.
  public private(set) var total = 0
  /// The shortest; 0 if there is none.
  public private(set) var minimum = 0
  /// The longest; 0 if there is none.
  public private(set) var maximum = 0
  /// Counts by bucket, up to the last that is not 0.
  private var buckets: [Int] = []

  /// Without lengths.
  public init() {}

  /// Adds a length, which is at least 0.
  public mutating func add(_ length: Int) {
    precondition(length >= 0, "LengthSketch: a length of \(length)")
    minimum = count == 0 ? length : min(minimum, length)
    maximum = max(maximum, length)
    count += 1
    total = Self.sum(total, length)
    let bucket = Self.bucket(length)
    extend(to: bucket + 1)
    buckets[bucket] += 1
  }

  /// Adds all lengths of another sketch.
  public mutating func add(_ other: LengthSketch) {
    guard other.count > 0 else { return }
    minimum = count == 0 ? other.minimum : min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    count += other.count
    total = Self.sum(total, other.total)
    extend(to: other.buckets.count)
    for (bucket, count) in other.buckets.enumerated() { buckets[bucket] += count }
  }

  /// The mean; 0 of none.
  public var mean: Double { count == 0 ? 0 : Double(total) / Double(count) }

  /// The length that a share of all lengths does not exceed, within 0.8%; nil if there is none.
  ///
  /// The smallest length of rank ⌈share · count⌉ at least; 0 gives the minimum, 1 the maximum.
  public func quantile(_ share: Double) -> Int? {
    guard count > 0, !share.isNaN else { return nil }
    let wanted = min(count, max(1, Int((min(1, max(0, share)) * Double(count)).rounded(.up))))
    if wanted == 1 { return minimum }
    if wanted == count { return maximum }
    var seen = 0
    for (bucket, count) in buckets.enumerated() {
      seen += count
      if seen >= wanted {
        let range = Self.range(bucket)
        let middle = range.lowerBound + (range.upperBound - range.lowerBound) / 2
        return min(maximum, max(minimum, middle))
      }
    }
    return maximum
  }

  /// A bar of a histogram.
  public struct Bin: Encodable, Sendable, Equatable {
    /// The lengths that it counts.
    public var range: ClosedRange<Int>
    /// How many there are.
    public var count: Int

    /// Writes the least and the greatest length, and the count.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(range.lowerBound)
      try container.encode(range.upperBound)
      try container.encode(count)
    }
  }

  /// Counts by powers of two: 0, 1, 2–3, 4–7 and so on, from the first that is not empty to the
  /// last, with those between.
  public var histogram: [Bin] {
    var counts = [Int](repeating: 0, count: 64)
    for (bucket, count) in buckets.enumerated() {
      counts[Self.power(Self.range(bucket).lowerBound)] += count
    }
    guard let first = counts.firstIndex(where: { $0 > 0 }),
      let last = counts.lastIndex(where: { $0 > 0 })
    else { return [] }
    return (first...last).map { power in
      let start = power == 0 ? 0 : 1 << (power - 1)
      return Bin(range: start...(power == 0 ? 0 : start - 1 + start), count: counts[power])
    }
  }

  /// 0 for 0, else one more than the exponent of the largest power of two that is not greater.
  private static func power(_ length: Int) -> Int { Int.bitWidth - length.leadingZeroBitCount }

  private static func bucket(_ length: Int) -> Int {
    let shift = max(0, power(length) - 7)
    return (shift << 6) + (length >> shift)
  }

  /// The lengths that a bucket counts.
  private static func range(_ bucket: Int) -> ClosedRange<Int> {
    let shift = max(0, (bucket >> 6) - 1)
    let start = (bucket - (shift << 6)) << shift
    return start...(start + ((1 << shift) - 1))
  }

  private mutating func extend(to count: Int) {
    if buckets.count < count {
      buckets.append(contentsOf: repeatElement(0, count: count - buckets.count))
    }
  }

  private static func sum(_ one: Int, _ other: Int) -> Int {
    let (sum, overflows) = one.addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}

extension LengthSketch: Encodable {
  private enum CodingKeys: String, CodingKey {
    case count, total, mean, minimum, maximum, histogram
    case percentile5, percentile25, median, percentile75, percentile95, percentile99
  }

  /// Writes what a reader wants to know, not the buckets: the histogram's bars are arrays of the
  /// least length, the greatest and the count.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(count, forKey: .count)
    try container.encode(total, forKey: .total)
    try container.encode(mean, forKey: .mean)
    try container.encode(minimum, forKey: .minimum)
    let shares: [(CodingKeys, Double)] = [
      (.percentile5, 0.05), (.percentile25, 0.25), (.median, 0.5), (.percentile75, 0.75),
      (.percentile95, 0.95), (.percentile99, 0.99),
    ]
    for (key, share) in shares { try container.encode(quantile(share) ?? 0, forKey: key) }
    try container.encode(maximum, forKey: .maximum)
    try container.encode(histogram, forKey: .histogram)
  }
}
