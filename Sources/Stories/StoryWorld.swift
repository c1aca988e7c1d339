/// What is true at one moment of a story; every sentence is told from it.
///
/// The friends stay together, so one place holds for all. People, places and things are indices
/// into the lexicon.
struct StoryWorld {
  /// The people of the story, the one it is about first.
  let cast: [Int]
  /// Where they are.
  private(set) var place: Int?
  /// Who has the thing.
  private(set) var holder: Int?
  /// How often the thing was found or changed hands.
  private(set) var handovers = 0
  /// Every place that has been named, in the order of its first naming.
  private(set) var namedPlaces: [Int] = []

  init(cast: [Int]) { self.cast = cast }

  mutating func move(to place: Int) {
    self.place = place
    name(place)
  }

  mutating func name(_ place: Int) {
    if !namedPlaces.contains(place) { namedPlaces.append(place) }
  }

  mutating func give(to person: Int) {
    precondition(holder != person, "person \(person) has the thing already")
    holder = person
    handovers += 1
  }

  /// What is true now.
  func facts(hero: Int, thing: Int) -> [StoryFact] {
    var facts: [StoryFact] = []
    if let place {
      facts.append(
        .location(person: StoryLexicon.names[hero], place: StoryLexicon.places[place]))
    }
    if let holder {
      facts.append(
        .possession(person: StoryLexicon.names[holder], thing: StoryLexicon.things[thing]))
    }
    return facts
  }
}
