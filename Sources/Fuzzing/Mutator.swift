/// Damages inputs as storage, transfers and enemies do, the same way for the same seed.
///
/// It is blind: `make fuzz` has a fuzzer that is guided by what each input reaches. This one is for
/// tests, which have no time to be guided.
package struct Mutator {
  private var random: SplitMix
  private let seeds: [[UInt8]]
  private let words: [[UInt8]]
  private let longestInput: Int

  /// Damages a target's seeds.
  package init(_ target: FuzzTarget, seed: UInt64) throws {
    random = SplitMix(state: seed)
    seeds = try target.seeds()
    words = target.words.map { Array($0.utf8) }
    longestInput = target.longestInput
  }

  /// The next input, with one to eight damages.
  package mutating func next() -> [UInt8] {
    var bytes = seeds.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...8, using: &random) { damage(&bytes) }
    return Array(bytes.prefix(longestInput))
  }

  private mutating func damage(_ bytes: inout [UInt8]) {
    let (first, last) = range(in: bytes)
    switch Int.random(in: 0..<8, using: &random) {
    case 0 where first < bytes.count:
      bytes[first] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1 where first < bytes.count:
      bytes[first] = UInt8.random(in: 0...255, using: &random)
    case 2: overwriteInteger(in: &bytes, at: first)
    case 3: bytes.removeSubrange(first..<last)
    case 4: bytes.insert(contentsOf: Array(bytes[first..<last]), at: last)
    case 5: bytes.insert(contentsOf: words.randomElement(using: &random) ?? [0], at: first)
    case 6:
      // The front of one input with the back of another.
      let other = seeds.randomElement(using: &random) ?? []
      bytes.replaceSubrange(first..., with: other.dropFirst(range(in: other).first))
    default: if Int.random(in: 0..<4, using: &random) == 0 { bytes.removeSubrange(first...) }
    }
  }

  /// Lengths and counts at the ends of what their types hold.
  private mutating func overwriteInteger(in bytes: inout [UInt8], at start: Int) {
    let width = [1, 2, 4, 8].randomElement(using: &random) ?? 1
    let values = [
      0, 1, -1, .max, .min, Int(Int32.max), Int(Int32.min), bytes.count, 1 << 31, 1 << 20,
    ]
    let value = values.randomElement(using: &random) ?? 0
    let isBigEndian = Bool.random(using: &random)
    for (offset, index) in (start..<min(start + width, bytes.count)).enumerated() {
      let shift = 8 * (isBigEndian ? width - 1 - offset : offset)
      bytes[index] = UInt8(truncatingIfNeeded: value >> shift)
    }
  }

  private mutating func range(in bytes: [UInt8]) -> (first: Int, last: Int) {
    let first = Int.random(in: 0...bytes.count, using: &random)
    return (first, min(bytes.count, first + Int.random(in: 0...64, using: &random)))
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
