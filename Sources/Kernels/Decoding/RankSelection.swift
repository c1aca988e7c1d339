/// Finds how far down a ranking of scores one has to go until so many of them, or so much of their
/// weight, are gathered: three rounds of counting by digits instead of a sort.
///
/// Nothing is allocated after `init`, and a selection costs O(n) whatever the scores are.
final class RankSelection {
  /// Digits of 11, 11 and 10 bits, the highest first.
  private static let digits: [(shift: UInt32, mask: UInt32)] = [
    (21, 0x7FF), (10, 0x7FF), (0, 0x3FF),
  ]

  private let bins: UnsafeMutablePointer<Double>
  /// Places of the keys whose higher digits are those found so far.
  private let members: UnsafeMutablePointer<Int32>

  init(capacity: Int) {
    bins = .allocate(capacity: 1 << 11)
    members = .allocate(capacity: max(1, capacity))
  }

  deinit {
    bins.deallocate()
    members.deallocate()
  }

  /// An integer that orders as the number does; both zeros have the same.
  @inline(__always)
  static func key(_ score: Float) -> UInt32 {
    let bits = (score + 0).bitPattern
    return bits & 0x8000_0000 != 0 ? ~bits : bits | 0x8000_0000
  }

  /// The number that a key was made from.
  static func score(_ key: UInt32) -> Float {
    Float(bitPattern: key & 0x8000_0000 != 0 ? key & 0x7FFF_FFFF : ~key)
  }

  /// The largest key at which the weights of the keys from it upwards reach `target`, and what those
  /// above it weigh; key 0 if they never do.
  ///
  /// - Parameter weights: Nil where each weighs 1.
  func threshold(
    _ keys: UnsafePointer<UInt32>, weights: UnsafePointer<Float>?, count: Int, target: Double
  ) -> (key: UInt32, above: Double) {
    var (found, above): (UInt32, Double) = (0, 0)
    var memberCount = count
    for (level, digit) in Self.digits.enumerated() {
      let isFirst = level == 0
      bins.update(repeating: 0, count: Int(digit.mask) + 1)
      for place in 0..<memberCount {
        let index = isFirst ? place : Int(members[place])
        bins[Int(keys[index] >> digit.shift & digit.mask)] += weights.map { Double($0[index]) } ?? 1
      }
      var bin = Int(digit.mask)
      while bin >= 0, above + bins[bin] < target {
        above += bins[bin]
        bin -= 1
      }
      guard bin >= 0 else { return (0, above) }
      found |= UInt32(bin) << digit.shift
      guard level < 2 else { break }
      memberCount = keep(keys, like: found, from: digit.shift, isFirst ? nil : memberCount, count)
    }
    return (found, above)
  }

  /// Keeps the members whose digits down to `shift` are those of `found`.
  private func keep(
    _ keys: UnsafePointer<UInt32>, like found: UInt32, from shift: UInt32, _ memberCount: Int?,
    _ count: Int
  ) -> Int {
    var kept = 0
    for place in 0..<(memberCount ?? count) {
      let index = memberCount == nil ? Int32(place) : members[place]
      members[kept] = index
      kept += keys[Int(index)] >> shift == found >> shift ? 1 : 0
    }
    return kept
  }
}
