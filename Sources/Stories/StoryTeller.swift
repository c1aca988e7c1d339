/// Tells one story: plays a day in a world and writes down what happens.
///
/// Somebody goes from place to place with three friends, and a thing goes from hand to hand. Places
/// are also talked about by people who are not there, and people named who do not have the thing,
/// so that whoever only looks for the latest mention is misled.
struct StoryTeller {
  private var random: StoryRandom
  private var world: StoryWorld
  private var sentences: [String] = []
  /// Places that are not named yet, in random order, to be taken from the end.
  private var freshPlaces: [Int]
  private let hero: Int
  private let thing: Int

  init(cast: [Int], random: StoryRandom) {
    precondition(cast.count == 4, "a story has 4 people, not \(cast.count)")
    self.random = random
    world = StoryWorld(cast: cast)
    hero = cast[0]
    freshPlaces = self.random.shuffled(Array(StoryLexicon.places.indices))
    thing = self.random.below(StoryLexicon.things.count)
  }

  /// The whole day, with the question where the hero is or who has the thing at its end.
  mutating func day(asking kind: StoryQuestion.Kind) -> Story {
    sentences.append(StoryPhrases.opening(&random))
    arrive(isFirst: true)
    for _ in 0..<random.within(2...3) {
      if random.chance(70) { restatePlace() }
      if random.chance(55) { mention() }
      if random.chance(40) { restatePlace() }
      if random.chance(50) { pass() }
      arrive(isFirst: false)
    }
    // A thing that never changed hands is no question.
    while kind == .holder && world.handovers < 2 { pass() }
    if random.chance(60) { restatePlace() }
    for _ in 0..<random.within(1...2) { mention() }
    while world.namedPlaces.count < 4 { mention() }
    if kind == .holder, random.chance(60) { interlude() }
    return close(asking: kind)
  }

  // MARK: Events

  private mutating func arrive(isFirst: Bool) {
    guard let place = freshPlaces.popLast() else { return }
    world.move(to: place)
    sentences.append(
      isFirst
        ? StoryPhrases.arrival(&random, hero, with: friends, at: place)
        : StoryPhrases.move(&random, hero, to: place))
  }

  /// Lets the thing be found, or handed to someone else; often says once more who has it.
  private mutating func pass() {
    let receiver = random.element(of: world.cast.filter { $0 != world.holder })
    if let giver = world.holder {
      sentences.append(StoryPhrases.gift(&random, thing, from: giver, to: receiver))
    } else {
      sentences.append(StoryPhrases.find(&random, receiver, thing))
    }
    world.give(to: receiver)
    if random.chance(25) { mention() }
    if random.chance(75) {
      sentences.append(StoryPhrases.holder(middleLead(), thing, with: receiver).text)
    }
  }

  /// Lets someone talk of a place where nobody is.
  private mutating func mention() {
    let earlier = world.namedPlaces.filter { $0 != world.place }
    let place: Int
    if !earlier.isEmpty, random.chance(35) {
      place = random.element(of: earlier)
    } else if let fresh = freshPlaces.popLast() {
      place = fresh
    } else {
      return
    }
    world.name(place)
    sentences.append(
      StoryPhrases.mention(&random, random.element(of: world.cast), of: place))
  }

  private mutating func interlude() {
    sentences.append(StoryPhrases.interlude(&random, cast: world.cast))
  }

  private mutating func restatePlace() {
    guard let place = world.place else { return }
    let name = StoryPhrases.name(hero)
    if random.chance(25) { sentences.append("Where was \(name)?") }
    sentences.append(StoryPhrases.location(middleLead(), hero, in: place).text)
  }

  private var friends: [Int] { world.cast.filter { $0 != hero } }

  private mutating func middleLead() -> String {
    let lead = random.element(of: StoryPhrases.middleLeads)
    return lead.isEmpty ? "" : lead + " "
  }

  // MARK: The end

  private mutating func close(asking kind: StoryQuestion.Kind) -> Story {
    let lead = random.element(of: StoryPhrases.closingLeads) + " "
    let (place, holder) = (world.place ?? 0, world.holder ?? 0)
    let statement =
      switch kind {
      case .place: StoryPhrases.location(lead, hero, in: place)
      case .holder: StoryPhrases.holder(lead, thing, with: holder)
      }
    let wrong =
      switch kind {
      case .place:
        random.shuffled(world.namedPlaces.filter { $0 != place }).map {
          " \(StoryPhrases.place($0))."
        }
      case .holder: world.cast.filter { $0 != holder }.map { " \(StoryPhrases.name($0))." }
      }
    precondition(wrong.count >= 3, "a \(kind) question has \(wrong.count) wrong endings, not 3")
    let choices = random.shuffled(Array(wrong.prefix(3)) + [statement.ending])
    let context = (sentences + [statement.beginning]).joined(separator: " ")
    return Story(
      text: context + statement.ending,
      cast: world.cast.map { StoryLexicon.names[$0] },
      facts: world.facts(hero: hero, thing: thing),
      question: StoryQuestion(
        kind: kind, context: context, choices: choices,
        answer: choices.firstIndex(of: statement.ending) ?? 0))
  }
}
