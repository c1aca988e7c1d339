/// Guesses that a text goes on as it did the last time its latest tokens came: prompt lookup.
///
/// The longest of the last 3, 2 or 1 tokens that came before decide. transformers'
/// `prompt_lookup_num_tokens` takes the first place where they came; here it is the latest, which a
/// table of every run's latest place gives without reading the text again.
package struct PromptLookup {
  private static let longest = 3

  private var tokens: [Int32] = []
  /// For runs of 1, 2 and 3 tokens: by their mixed bits, the place behind their latest occurrence.
  ///
  /// Two runs may share a key, so that an entry is held against the text before it is believed.
  private var places: [UInt64: Int32] = [:]

  package init(capacity: Int) {
    tokens.reserveCapacity(capacity)
    places.reserveCapacity(min(Self.longest * capacity, 1 << 16))
  }

  package mutating func append(_ token: Int32) {
    // Only now does something follow the runs that ended before.
    for length in 1...Self.longest where length <= tokens.count {
      places[key(length)] = Int32(truncatingIfNeeded: tokens.count)
    }
    tokens.append(token)
  }

  /// Appends what followed the last time, `count` tokens at most.
  package func propose(_ count: Int, into draft: inout [Int32]) {
    for length in stride(from: min(Self.longest, tokens.count), through: 1, by: -1) {
      guard let place = places[key(length)].map(Int.init) else { continue }
      let isTheSame = (1...length).allSatisfy { tokens[place - $0] == tokens[tokens.count - $0] }
      guard isTheSame else { continue }
      draft.append(contentsOf: tokens[place..<min(place + count, tokens.count)])
      return
    }
  }

  /// The last tokens and their number in 64 bits; runs of different tokens seldom have the same.
  private func key(_ length: Int) -> UInt64 {
    var mixed = UInt64(length) &* 0xD1B5_4A32_D192_ED03
    for token in tokens.suffix(length) {
      mixed = (mixed ^ UInt64(UInt32(bitPattern: token))) &* 0x9E37_79B9_7F4A_7C15
      mixed ^= mixed >> 29
    }
    return mixed
  }
}
