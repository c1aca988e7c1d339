/// The order in which an epoch goes through a corpus's files.
public enum FileOrder: Codable, Sendable, Equatable, CustomStringConvertible {
  /// As listed, every epoch.
  case listed
  /// Shuffled anew each epoch, the order depending on nothing but the seed and the epoch's number.
  case shuffled(seed: UInt64)

  /// In words, for messages.
  public var description: String {
    switch self {
    case .listed: "files as listed"
    case .shuffled(let seed): "files shuffled with seed \(seed)"
    }
  }

  /// The files' indices in the order of an epoch.
  package func indices(count: Int, epoch: Int) -> [Int] {
    var indices = Array(0..<count)
    guard case .shuffled(let seed) = self, count > 1 else { return indices }
    // Spreads neighbouring epochs over the generator's period before drawing from it.
    var seeds = SplitMix64(state: seed)
    var generator = SplitMix64(state: seeds.next() ^ UInt64(truncatingIfNeeded: epoch))
    for last in stride(from: count - 1, to: 0, by: -1) {
      indices.swapAt(last, generator.next(below: last + 1))
    }
    return indices
  }
}

/// Steele, Lea and Flood's SplitMix64 (doi:10.1145/2660193.2660195); the standard library's
/// generators promise no fixed sequence.
private struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Multiplication's high half is off from uniform by at most bound / 2⁶⁴.
  mutating func next(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
