/// Python's `random.Random`: the generator with which lm-evaluation-harness draws its examples.
///
/// MT19937 (Matsumoto and Nishimura, 1998) seeded by `init_by_array`, and the methods of Python 3.11
/// that the harness calls, each taking as many words from the generator as the original does.
public struct MersenneTwister: Sendable {
  private static let stateCount = 624
  private static let offset = 397
  private var state: [UInt32]
  private var position = MersenneTwister.stateCount

  /// `random.Random(seed)` for a seed that is not negative.
  public init(seed: UInt32) {
    state = [UInt32](repeating: 0, count: Self.stateCount)
    state[0] = 19_650_218
    for index in 1..<Self.stateCount {
      state[index] = mixed(index, by: 1_812_433_253) &+ UInt32(index)
    }
    // The key is the seed alone, so that every step adds the seed and the key's position, zero.
    var index = 1
    for _ in 0..<Self.stateCount {
      state[index] = (state[index] ^ mixed(index, by: 1_664_525)) &+ seed
      advance(&index)
    }
    for _ in 1..<Self.stateCount {
      state[index] = (state[index] ^ mixed(index, by: 1_566_083_941)) &- UInt32(index)
      advance(&index)
    }
    state[0] = 0x8000_0000
  }

  private func mixed(_ index: Int, by factor: UInt32) -> UInt32 {
    factor &* (state[index - 1] ^ (state[index - 1] >> 30))
  }

  private mutating func advance(_ index: inout Int) {
    index += 1
    if index == Self.stateCount {
      state[0] = state[Self.stateCount - 1]
      index = 1
    }
  }

  /// The next 32 random bits.
  public mutating func next() -> UInt32 {
    if position == Self.stateCount { refill() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9D2C_5680
    word ^= (word << 15) & 0xEFC6_0000
    return word ^ (word >> 18)
  }

  private mutating func refill() {
    let count = Self.stateCount
    state.withUnsafeMutableBufferPointer { state in
      for index in 0..<count {
        let following = state[index + 1 == count ? 0 : index + 1]
        let joined = (state[index] & 0x8000_0000) | (following & 0x7FFF_FFFF)
        let other = index + Self.offset
        state[index] =
          state[other < count ? other : other - count] ^ (joined >> 1)
          ^ (joined & 1 == 0 ? 0 : 0x9908_B0DF)
      }
    }
    position = 0
  }

  /// `random.random()`: 53 random bits in [0, 1).
  public mutating func unitInterval() -> Double {
    let high = Double(next() >> 5)
    let low = Double(next() >> 6)
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }

  /// `random.randrange(bound)`: the bound's bits are drawn until they are below it.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0 && bound <= Int(UInt32.max), "bound \(bound) is not 1 to 2³² − 1")
    let bits = UInt32(Int.bitWidth - bound.leadingZeroBitCount)
    while true {
      let value = Int(next() >> (32 - bits))
      if value < bound { return value }
    }
  }

  /// `random.sample(range(population), count)`: distinct positions in the order drawn.
  public mutating func sample(_ count: Int, from population: Int) -> [Int] {
    precondition(
      (0...population).contains(count), "\(count) of \(population) cannot be drawn")
    if population <= Self.poolLimit(of: count) {
      var pool = Array(0..<population)
      return (0..<count).map { drawn in
        let position = integer(below: population - drawn)
        defer { pool[position] = pool[population - drawn - 1] }
        return pool[position]
      }
    }
    var taken: Set<Int> = []
    return (0..<count).map { _ in
      while true {
        let position = integer(below: population)
        if taken.insert(position).inserted { return position }
      }
    }
  }

  /// Populations up to this are copied and drawn from without repetition: what takes Python less
  /// memory than a set of the positions drawn, 21 and the power of four from 3 × count on.
  private static func poolLimit(of count: Int) -> Int {
    guard count > 5 else { return 21 }
    var power = 1
    while power < count * 3 { power *= 4 }
    return 21 + power
  }
}
