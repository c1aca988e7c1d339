/// What is true at one moment of a story; every sentence is told from it.
///
/// People, places and things are indices into the lexicon. Arrays, not dictionaries, hold the
/// state, so that nothing depends on an order of hashing.
struct StoryWorld {
  /// The people of the story, in the order in which they appear.
  let cast: [Int]

  /// Where each person is, and has been: the last entry is the present place.
  private(set) var journeys: [[Int]]

  /// The things of the story with their owners, in the order in which they appeared.
  private(set) var possessions: [(thing: Int, person: Int)] = []

  /// Every place that has been named, in the order of its first naming.
  private(set) var namedPlaces: [Int] = []

  init(cast: [Int]) {
    self.cast = cast
    journeys = Array(repeating: [], count: StoryLexicon.names.count)
  }

  func place(of person: Int) -> Int? { journeys[person].last }

  func owner(of thing: Int) -> Int? { possessions.first { $0.thing == thing }?.person }

  func things(of person: Int) -> [Int] {
    possessions.filter { $0.person == person }.map(\.thing)
  }

  /// People other than `person` in the place where `person` is.
  func company(of person: Int) -> [Int] {
    guard let place = place(of: person) else { return [] }
    return cast.filter { $0 != person && self.place(of: $0) == place }
  }

  mutating func move(_ person: Int, to place: Int) {
    journeys[person].append(place)
    if !namedPlaces.contains(place) { namedPlaces.append(place) }
  }

  mutating func give(_ thing: Int, to person: Int) {
    if let index = possessions.firstIndex(where: { $0.thing == thing }) {
      let giver = possessions[index].person
      precondition(
        place(of: giver) == place(of: person),
        "\(giver) gives \(thing) to \(person), who is elsewhere")
      possessions[index].person = person
    } else {
      possessions.append((thing, person))
    }
  }

  /// What is true now: people in the order of the cast, then things in theirs.
  var facts: [StoryFact] {
    var facts: [StoryFact] = []
    for person in cast {
      guard let place = place(of: person) else { continue }
      facts.append(
        .location(person: StoryLexicon.names[person], place: StoryLexicon.places[place]))
    }
    for (thing, person) in possessions {
      facts.append(
        .possession(person: StoryLexicon.names[person], thing: StoryLexicon.things[thing]))
    }
    return facts
  }
}
