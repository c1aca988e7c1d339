/// In which order a source's documents are given, once its files are in order.
public enum Shuffling: Sendable, Equatable, Codable, CustomStringConvertible {
  /// As they are read.
  case none
  /// In windows: so many documents are read, and given in an order that is a function of the seed,
  /// the epoch and the window's number alone.
  ///
  /// A window also ends at 64 MiB of text, so that memory stays bounded. Files, and the row groups
  /// of columnar files, are better shuffled too (`FileOrder.shuffled`): a window then mixes what
  /// lies side by side, they what lies far apart.
  case window(documents: Int, seed: UInt64)

  /// In words, for messages.
  public var description: String {
    switch self {
    case .none: "not shuffled"
    case .window(let documents, let seed): "shuffled in windows of \(documents) with seed \(seed)"
    }
  }

  /// Text of a window after which it ends.
  static let maximumWindowBytes = 64 << 20

  var windowSize: Int {
    switch self {
    case .none: 1
    case .window(let documents, _): documents
    }
  }

  func validate() throws(CorpusError) {
    // A million documents of a kilobyte each are far beyond the bytes that a window holds.
    guard (1...(1 << 20)).contains(windowSize) else {
      throw .invalidSetting(
        name: "shuffling window", value: windowSize, expected: "1 to \(1 << 20)")
    }
  }

  /// The order in which the `count` passages of a window are given.
  func order(count: Int, epoch: Int, window: Int) -> [Int] {
    switch self {
    case .none: Array(0..<count)
    case .window(_, let seed): shuffledIndices(count: count, seed: seed, streams: [epoch, window])
    }
  }
}

/// 0..<count in an order that is a function of the seed and the streams' numbers.
func shuffledIndices(count: Int, seed: UInt64, streams: [Int]) -> [Int] {
  // Spreads neighbouring streams over the generator's period before drawing from it.
  var generator = SplitMix64(state: seed)
  for stream in streams {
    generator = SplitMix64(state: generator.next() ^ UInt64(truncatingIfNeeded: stream))
  }
  var indices = Array(0..<count)
  for last in stride(from: count - 1, to: 0, by: -1) {
    indices.swapAt(last, generator.next(below: last + 1))
  }
  return indices
}

/// Steele, Lea and Flood's SplitMix64 (doi:10.1145/2660193.2660195); the standard library's
/// generators promise no fixed sequence.
struct SplitMix64 {
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
