/// Tells one story: plays a plot in a world and writes down what happens.
struct StoryTeller {
  private var random: StoryRandom
  private var world: StoryWorld
  private let phrases: StoryPhrases
  private var sentences: [String] = []

  /// Fresh places and things, in random order, to be taken from the end.
  private var places: [Int]
  private var things: [Int]

  init(cast: [Int], random: StoryRandom) {
    self.random = random
    world = StoryWorld(cast: cast)
    var surnames = self.random.shuffled(StoryLexicon.surnames)
    var fullNames = StoryLexicon.names
    for person in cast { fullNames[person] += " " + (surnames.popLast() ?? "") }
    phrases = StoryPhrases(fullNames: fullNames)
    places = self.random.shuffled(Array(StoryLexicon.places.indices))
    things = self.random.shuffled(Array(StoryLexicon.things.indices))
  }

  /// A story of people who walk from place to place, with the question where one of them is.
  mutating func wandering() -> Story {
    sentences.append(phrases.opening(&random))
    var clauses: [String] = []
    for person in world.cast {
      guard let place = places.popLast() else { break }
      world.move(person, to: place)
      clauses.append(phrases.arrival(&random, person, at: place))
    }
    if random.chance(40) {
      sentences.append(phrases.joined(clauses) + ".")
    } else {
      sentences += clauses.map { $0 + "." }
    }
    for _ in 0..<(world.cast.count == 3 ? 2 : 1) + random.below(2) {
      let person = walk()
      if random.chance(20) { interlude() }
      restate(random.chance(60) ? person : random.element(of: world.cast))
      if random.chance(40) { review() }
    }
    // Four choices need four places.
    while world.namedPlaces.count < 4 { _ = walk(toNewPlace: true) }
    review()
    if random.chance(50) { restate(random.element(of: world.cast)) }
    return close(asking: .place)
  }

  /// A story of people in one place who hand things to each other, with the question who has
  /// what.
  mutating func sharing() -> Story {
    sentences.append(phrases.opening(&random))
    if let place = places.popLast() {
      for person in world.cast { world.move(person, to: place) }
      sentences.append(phrases.gathering(&random, world.cast, at: place))
    }
    for finder in random.shuffled(world.cast).dropLast(random.below(2)) { find(finder) }
    for _ in 0..<random.within(2...3) {
      let thing = random.element(of: world.possessions.map(\.thing))
      guard let giver = world.owner(of: thing) else { continue }
      give(thing, to: random.element(of: world.company(of: giver)))
      if random.chance(20) { interlude() }
      restateThing(
        random.chance(60) ? thing : random.element(of: world.possessions.map(\.thing)))
      if random.chance(40) { reviewThings() }
    }
    reviewThings()
    if random.chance(50) { restateThing(random.element(of: world.possessions.map(\.thing))) }
    return close(asking: .holder)
  }

  // MARK: Events

  private mutating func find(_ person: Int) {
    guard let thing = things.popLast() else { return }
    world.give(thing, to: person)
    sentences.append(phrases.find(&random, person, thing))
  }

  private mutating func give(_ thing: Int, to receiver: Int) {
    guard let giver = world.owner(of: thing) else { return }
    world.give(thing, to: receiver)
    sentences.append(phrases.gift(&random, thing, from: giver, to: receiver))
  }

  /// Lets someone go to a new place, or to someone else; returns who went.
  private mutating func walk(toNewPlace: Bool = false) -> Int {
    let person = random.element(of: world.cast)
    let others = world.cast.compactMap { world.place(of: $0) }
      .filter { $0 != world.place(of: person) }
    let fresh = toNewPlace || others.isEmpty || random.chance(65)
    if let place = fresh ? places.popLast() : random.element(of: others) {
      world.move(person, to: place)
      sentences.append(phrases.move(&random, person, to: place))
    }
    return person
  }

  private mutating func interlude() {
    sentences.append(phrases.interlude(&random, cast: world.cast))
  }

  // MARK: Facts told again

  private mutating func restate(_ person: Int) {
    guard let place = world.place(of: person) else { return }
    let name = phrases.name(person)
    if let asker = world.company(of: random.element(of: world.cast)).first, asker != person,
      let speaker = world.company(of: asker).first(where: { $0 != person }), random.chance(35)
    {
      let place = phrases.place(place)
      sentences.append(
        "\"Where is \(name)?\" asked \(phrases.name(asker)). "
          + "\"\(name) is in \(place),\" said \(phrases.name(speaker)).")
      return
    }
    let asked = random.chance(20)
    if asked { sentences.append("Where was \(name)?") }
    let lead = asked ? "" : middleLead()
    sentences.append(phrases.location(lead, person, in: place).text)
  }

  private mutating func restateThing(_ thing: Int) {
    guard let owner = world.owner(of: thing) else { return }
    sentences.append(phrases.holder(middleLead(), thing, with: owner).text)
  }

  /// "Now Anna was in the garden, Ben was in the barn, and Clara was in the park."
  private mutating func review() {
    let clauses = random.shuffled(world.cast).compactMap { person in
      world.place(of: person).map {
        String(phrases.location("", person, in: $0).text.dropLast())
      }
    }
    sentences.append("\(random.element(of: ["Now", "So"])) \(phrases.joined(clauses)).")
  }

  private mutating func reviewThings() {
    let clauses = random.shuffled(world.possessions.map(\.thing)).compactMap { thing in
      world.owner(of: thing).map {
        String(phrases.holder(" ", thing, with: $0).text.dropFirst().dropLast())
      }
    }
    sentences.append("\(random.element(of: ["Now", "So"])) \(phrases.joined(clauses)).")
  }

  private mutating func middleLead() -> String {
    let lead = random.element(of: StoryPhrases.middleLeads)
    return lead.isEmpty ? "" : lead + " "
  }

  // MARK: The end

  private mutating func close(asking wanted: StoryQuestion.Kind) -> Story {
    // "Anna had the lamp" is an answer only if she has nothing else.
    let owners = world.cast.filter { world.things(of: $0).count == 1 }
    let kind = wanted == .thing && owners.isEmpty ? .holder : wanted
    let lead = random.element(of: StoryPhrases.closingLeads) + " "
    let statement: StoryPhrases.Statement
    var wrong: [String]
    switch kind {
    case .place:
      let person = random.element(of: world.cast)
      let place = world.journeys[person].last ?? 0
      statement = phrases.location(lead, person, in: place)
      // Where the person was before is the most tempting wrong answer: always offered.
      let earlier = world.journeys[person].dropLast().filter { $0 != place }.suffix(1)
      let others = random.shuffled(
        world.namedPlaces.filter { $0 != place && !earlier.contains($0) })
      wrong = (earlier + others).map { " \(phrases.place($0))." }
    case .holder:
      let (thing, owner) = random.element(of: world.possessions)
      statement = phrases.holder(lead, thing, with: owner)
      wrong = world.cast.filter { $0 != owner }.map { " \(phrases.name($0))." }
    case .thing:
      let owner = random.element(of: owners)
      let thing = world.things(of: owner).first ?? 0
      statement = phrases.possession(lead, owner, has: thing)
      wrong = world.possessions.map(\.thing).filter { $0 != thing }
        .map { " \(phrases.thing($0))." }
    }
    precondition(wrong.count >= 3, "a \(kind) question has \(wrong.count) wrong endings, not 3")
    let choices = random.shuffled(Array(wrong.prefix(3)) + [statement.ending])
    let context = (sentences + [statement.beginning]).joined(separator: " ")
    return Story(
      text: context + statement.ending,
      cast: world.cast.map { StoryLexicon.names[$0] },
      facts: world.facts,
      question: StoryQuestion(
        kind: kind, context: context, choices: choices,
        answer: choices.firstIndex(of: statement.ending) ?? 0))
  }
}
