/// The generator of random numbers behind the stories: SplitMix64.
///
/// state ← state + 0x9E3779B97F4A7C15, output = mix(state); Steele, Lea and Flood, "Fast
/// splittable pseudorandom number generators" (OOPSLA 2014), with the constants of Stafford's
/// variant 13. It is here, and not shared with the numeric modules, so that no change to their
/// generator can ever change a story.
struct StoryRandom {
  private var state: UInt64

  /// A generator for one story: every pair of seed and stream has a sequence of its own.
  init(seed: UInt64, stream: UInt64) {
    state = Self.mixed(seed) ^ Self.mixed(stream &+ 0x632B_E59B_D9B4_E019)
  }

  /// The 64 bits of `value`, scrambled by a bijection.
  static func mixed(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// A number in 0 ..< `bound`, by the high half of a product: its bias, `bound` / 2⁶⁴, is far
  /// below anything that a corpus can show.
  mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "a random number below \(bound) does not exist")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  /// True in `percent` of 100 cases.
  mutating func chance(_ percent: Int) -> Bool {
    below(100) < percent
  }

  mutating func element<Element>(of elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  /// `elements` in random order (Fisher and Yates).
  mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for last in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(last, below(last + 1))
    }
    return result
  }
}
