import Stories

/// Reads stories word by word and throws where one contradicts itself.
///
/// It knows the shapes of sentences and nothing of how they are made.
struct StoryReader {
  struct Contradiction: Error {
    var sentence: String
    var problem: String
  }

  private(set) var places: [String: String] = [:]
  private(set) var owners: [String: String] = [:]

  /// Sentences that told a fact again.
  private(set) var statementCount = 0

  private static let names = Set(StoryLexicon.names)
  private static let allPlaces = Set(StoryLexicon.places)
  private static let things = Set(StoryLexicon.things)
  private static let arrivals: Set = ["was", "sat", "stood", "waited"]

  static func words(_ text: String) -> [String] {
    text.split { !$0.isLetter }.map(String.init)
  }

  mutating func read(_ text: String) throws {
    for sentence in text.split(whereSeparator: { ".?".contains($0) }) {
      let words = Self.words(String(sentence))
      let names = words.filter(Self.names.contains)
      if let place = words.first(where: Self.allPlaces.contains) {
        try readPlace(place, names, words, String(sentence))
      } else if let thing = words.first(where: Self.things.contains) {
        try readThing(thing, names, words, String(sentence))
      }
    }
  }

  private mutating func readPlace(
    _ place: String, _ names: [String], _ words: [String], _ sentence: String
  ) throws {
    guard let end = words.firstIndex(of: place), let subject = names.first else {
      throw Contradiction(sentence: sentence, problem: "nobody is in the \(place)")
    }
    switch words[..<end].suffix(2) {
    case ["to", "the"]:
      try expect(places[subject] != place, sentence, "\(subject) goes where \(subject) is")
      places[subject] = place
    case ["in", "the"]:
      if places[subject] == nil {
        try expect(
          words.contains(where: Self.arrivals.contains), sentence, "nobody arrives")
        places[subject] = place
      } else {
        try expect(places[subject] == place, sentence, "\(subject) is in the \(places)")
        statementCount += 1
      }
    default:
      // Talked of, not visited.
      try expect(!places.values.contains(place), sentence, "they are in the \(place)")
    }
  }

  private mutating func readThing(
    _ thing: String, _ names: [String], _ words: [String], _ sentence: String
  ) throws {
    if words.contains("found") || words.contains("had") {
      try expect(owners[thing] == nil, sentence, "the \(thing) has an owner")
      owners[thing] = names.first
    } else if names.count == 2 {
      try expect(owners[thing] == names[0], sentence, "\(names[0]) has no \(thing)")
      try expect(names[0] != names[1], sentence, "\(names[0]) gives to \(names[0])")
      owners[thing] = names[1]
    } else {
      try expect(owners[thing] == names.first, sentence, "\(thing) is with \(owners)")
      statementCount += 1
    }
  }

  private func expect(_ holds: Bool, _ sentence: String, _ problem: String) throws {
    guard holds else { throw Contradiction(sentence: sentence, problem: problem) }
  }
}
