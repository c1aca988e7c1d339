/// Writes the stories of a made-up corpus: story `i` depends on the seed, the part, and `i` alone.
///
/// The two parts have no cast in common. A cast is the set of the names in a story, whatever
/// their order; one cast in sixteen, chosen by a fixed function of the names, is kept for
/// held-out stories, and only training stories have the others. So no held-out story, question,
/// or fact about its people is a copy of one that was trained on, for any two seeds.
public struct StoryGenerator: Sendable {
  /// The stories to learn from, or those to be asked about.
  public enum Part: UInt64, Sendable, CaseIterable {
    case training = 0
    case heldOut = 1
  }

  public let seed: UInt64
  public let part: Part

  public init(seed: UInt64, part: Part = .training) {
    self.seed = seed
    self.part = part
  }

  /// The story with the number `index`, which may be any number.
  public func story(_ index: Int) -> Story {
    var random = StoryRandom(
      seed: seed ^ (part.rawValue << 63), stream: UInt64(bitPattern: Int64(index)))
    // A story whose length is out of bounds is told anew; nearly all fit at the first attempt.
    while true {
      let kind: StoryQuestion.Kind = random.chance(50) ? .place : .holder
      let cast = drawCast(count: 4, &random)
      var teller = StoryTeller(
        cast: cast, random: StoryRandom(seed: random.next(), stream: random.next()))
      let story = teller.day(asking: kind)
      let wordCount = story.text.utf8.reduce(1) { $0 + ($1 == 0x20 ? 1 : 0) }
      if Self.wordCounts.contains(wordCount) { return story }
    }
  }

  /// Short enough for a context of 256 tokens, long enough to be a story.
  static let wordCounts = 50...120

  /// Whether stories with these people, in any order, are kept for evaluation.
  public static func isHeldOut(cast: [String]) -> Bool {
    var set: UInt64 = 0
    for name in cast {
      guard let person = StoryLexicon.names.firstIndex(of: name) else { return false }
      set |= 1 << UInt64(person)
    }
    return isHeldOut(set)
  }

  private static func isHeldOut(_ set: UInt64) -> Bool {
    StoryRandom.mixed(set) % 16 == 0
  }

  private func drawCast(count: Int, _ random: inout StoryRandom) -> [Int] {
    while true {
      let cast = Array(
        random.shuffled(Array(StoryLexicon.names.indices)).prefix(count))
      let set = cast.reduce(into: UInt64(0)) { $0 |= 1 << UInt64($1) }
      if Self.isHeldOut(set) == (part == .heldOut) { return cast }
    }
  }
}
