/// The sentences of the stories: each fact and event can be told in several ways.
///
/// Who acts is named before where and what, and nobody is called "he" or "she": to find a fact
/// takes a look at the last sentence that names its subject, which one layer of attention that
/// has read the sentence can do.
struct StoryPhrases {
  /// The full names of this story, by the index of the first name.
  let fullNames: [String]

  func name(_ person: Int) -> String { fullNames[person] }
  func place(_ place: Int) -> String { "the " + StoryLexicon.places[place] }
  func thing(_ thing: Int) -> String { "the " + StoryLexicon.things[thing] }

  /// "a", "a and b", "a, b, and c".
  func joined(_ clauses: [String]) -> String {
    guard let last = clauses.last, clauses.count > 1 else { return clauses.first ?? "" }
    if clauses.count == 2 { return clauses[0] + " and " + last }
    return clauses.dropLast().joined(separator: ", ") + ", and " + last
  }

  func opening(_ random: inout StoryRandom) -> String {
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
  func interlude(_ random: inout StoryRandom, cast: [Int]) -> String {
    if random.chance(45) {
      let name = name(random.element(of: cast))
      let mood = random.element(of: StoryLexicon.moods)
      return random.element(of: [
        "\(name) was \(mood).", "\(name) felt \(mood).", "\(name) laughed.",
        "\(name) hummed a little song.", "\(name) looked very \(mood).",
        "\(name) thought about dinner.",
      ])
    }
    let weather = random.element(of: StoryLexicon.weathers)
    return random.element(of: [
      "A dog barked far away.", "The wind blew softly.", "The clouds moved slowly.",
      "It was still \(weather) outside.", "A \(weather) wind came up.", "Somewhere a cat slept.",
      "Time passed slowly.", "The birds sang again.",
    ])
  }

  /// "Anna sat in the garden", without its full stop.
  func arrival(_ random: inout StoryRandom, _ person: Int, at place: Int) -> String {
    let verb = random.element(of: ["was", "sat", "stood", "waited", "worked", "was"])
    return "\(name(person)) \(verb) in \(self.place(place))"
  }

  func gathering(_ random: inout StoryRandom, _ people: [Int], at place: Int) -> String {
    let verb = random.element(of: ["were", "sat together", "were playing", "had met", "stood"])
    return "\(joined(people.map(name))) \(verb) in \(self.place(place))."
  }

  func move(_ random: inout StoryRandom, _ person: Int, to place: Int) -> String {
    let verb = random.element(of: ["went", "walked", "ran", "hurried", "went", "came"])
    let tail = random.element(of: ["", "", "", " and sat down", " and looked around"])
    return lead(&random, ["Then", "Later,", "After a while,", "Soon", "A little later,"])
      + "\(name(person)) \(verb) to \(self.place(place))\(tail)."
  }

  func find(_ random: inout StoryRandom, _ person: Int, _ thing: Int) -> String {
    let size = random.chance(60) ? random.element(of: StoryLexicon.sizes) + " " : ""
    return "A \(size)\(StoryLexicon.things[thing]) belonged to \(name(person))."
  }

  func gift(
    _ random: inout StoryRandom, _ thing: Int, from giver: Int, to receiver: Int
  ) -> String {
    let lead = lead(&random, ["Then", "Later,", "After a while,", "Soon"])
    let thing = self.thing(thing)
    let tail = random.element(of: ["", "", "", " with a smile", " for a while"])
    if random.chance(20) {
      let verb = random.element(of: ["took", "borrowed"])
      return lead + "\(name(receiver)) \(verb) \(thing) from \(name(giver))\(tail)."
    }
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

  func location(_ lead: String, _ person: Int, in place: Int) -> Statement {
    Statement(beginning: "\(lead)\(name(person)) was in", ending: " \(self.place(place)).")
  }

  func holder(_ lead: String, _ thing: Int, with person: Int) -> Statement {
    let subject = self.thing(thing)
    return Statement(
      beginning: lead.isEmpty
        ? "The" + subject.dropFirst(3) + " was with"
        : lead + subject + " was with",
      ending: " \(name(person)).")
  }

  func possession(_ lead: String, _ person: Int, has thing: Int) -> Statement {
    Statement(beginning: "\(lead)\(name(person)) had", ending: " \(self.thing(thing)).")
  }

  static let middleLeads = ["So", "Now", "By then,", ""]
  static let closingLeads = [
    "In the end,", "At last,", "So in the end,", "When evening came,", "When the day was over,",
  ]

  /// One of `leads` with a space behind it, or nothing in one case of three.
  private func lead(_ random: inout StoryRandom, _ leads: [String]) -> String {
    random.chance(33) ? "" : random.element(of: leads) + " "
  }
}
