/// The sentences of the stories: each fact and event can be told in several ways.
///
/// What happens has the shape "went to the …", "gave … to …" or "was in the …", what is only talked
/// of has another, so a reader who minds the words around a name can tell the two apart.
enum StoryPhrases {
  static func name(_ person: Int) -> String { StoryLexicon.names[person] }
  static func place(_ place: Int) -> String { "the " + StoryLexicon.places[place] }
  static func thing(_ thing: Int) -> String { "the " + StoryLexicon.things[thing] }

  /// "a", "a and b", "a, b, and c".
  static func joined(_ clauses: [String]) -> String {
    guard let last = clauses.last, clauses.count > 1 else { return clauses.first ?? "" }
    if clauses.count == 2 { return clauses[0] + " and " + last }
    return clauses.dropLast().joined(separator: ", ") + ", and " + last
  }

  static func opening(_ random: inout StoryRandom) -> String {
    let weather = random.element(of: StoryLexicon.weathers)
    let time = random.element(of: StoryLexicon.times)
    return random.element(of: [
      "It was a \(weather) \(time) in the village.",
      "One \(weather) \(time), nobody was in a hurry.",
      "The \(time) was \(weather), and the birds were singing.",
      "It was a \(weather) \(time), and the streets were quiet.",
      "It all began on a \(weather) \(time).",
    ])
  }

  /// A sentence that says nothing about who is where or has what.
  static func interlude(_ random: inout StoryRandom, cast: [Int]) -> String {
    if random.chance(45) {
      let name = name(random.element(of: cast))
      let mood = random.element(of: StoryLexicon.moods)
      return random.element(of: [
        "\(name) was \(mood).", "\(name) felt \(mood).", "\(name) laughed.",
        "\(name) hummed a little song.", "\(name) looked very \(mood).",
      ])
    }
    return random.element(of: [
      "A dog barked far away.", "The wind blew softly.", "The clouds moved slowly.",
      "The air smelled of flowers.", "A door opened and closed.", "Somewhere a cat slept.",
      "Time passed slowly.", "The birds sang again.",
    ])
  }

  /// Where the day begins, and who comes along.
  static func arrival(
    _ random: inout StoryRandom, _ person: Int, with friends: [Int], at place: Int
  ) -> String {
    let verb = random.element(of: ["was", "sat", "stood", "waited"])
    return "\(name(person)) \(verb) in \(self.place(place)) with \(joined(friends.map(name)))."
  }

  static func move(_ random: inout StoryRandom, _ person: Int, to place: Int) -> String {
    let verb = random.element(of: ["went", "walked", "ran", "hurried"])
    let tail = random.element(of: ["", "", " with the others", ", and the others came along"])
    return lead(&random, ["Then", "Later,", "After a while,", "Soon"])
      + "\(name(person)) \(verb) to \(self.place(place))\(tail)."
  }

  /// A place that somebody talks of without being there.
  static func mention(_ random: inout StoryRandom, _ person: Int, of place: Int) -> String {
    let verb = random.element(of: [
      "thought of", "dreamed of", "talked about", "sang about", "asked about",
    ])
    return "\(name(person)) \(verb) \(self.place(place))."
  }

  static func find(_ random: inout StoryRandom, _ person: Int, _ thing: Int) -> String {
    let size = random.chance(60) ? random.element(of: StoryLexicon.sizes) + " " : ""
    let verb = random.element(of: ["found", "had"])
    return "\(name(person)) \(verb) a \(size)\(StoryLexicon.things[thing])."
  }

  static func gift(
    _ random: inout StoryRandom, _ thing: Int, from giver: Int, to receiver: Int
  ) -> String {
    let lead = lead(&random, ["Then", "Later,", "After a while,", "Soon"])
    let thing = self.thing(thing)
    let tail = random.element(of: ["", "", "", " with a smile", " and laughed"])
    let verb = random.element(of: ["gave", "handed", "passed", "gave"])
    return lead + "\(name(giver)) \(verb) \(thing) to \(name(receiver))\(tail)."
  }

  /// A sentence that tells a fact again.
  ///
  /// The ending is apart, since it is what a question asks for.
  struct Statement {
    var beginning: String
    var ending: String
    var text: String { beginning + ending }
  }

  static func location(_ lead: String, _ person: Int, in place: Int) -> Statement {
    Statement(beginning: "\(lead)\(name(person)) was in", ending: " \(self.place(place)).")
  }

  static func holder(_ lead: String, _ thing: Int, with person: Int) -> Statement {
    let subject = self.thing(thing)
    return Statement(
      beginning: lead.isEmpty
        ? "The" + subject.dropFirst(3) + " was with"
        : lead + subject + " was with",
      ending: " \(name(person)).")
  }

  static let middleLeads = ["So", "Now", "By then,", ""]
  static let closingLeads = [
    "In the end,", "At last,", "So in the end,", "When evening came,", "When the day was over,",
  ]

  /// One of `leads` with a space behind it, or nothing in one case of three.
  private static func lead(_ random: inout StoryRandom, _ leads: [String]) -> String {
    random.chance(33) ? "" : random.element(of: leads) + " "
  }
}
