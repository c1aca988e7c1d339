/// A short story in plain English whose facts hold from its first sentence to its last.
public struct Story: Sendable, Equatable {
  /// The whole story, one paragraph of 50 to 120 words.
  public var text: String

  /// The people in it, in the order in which they appear.
  public var cast: [String]

  /// What is true when the story ends.
  public var facts: [StoryFact]

  /// The last sentence of the story, asked as a question.
  public var question: StoryQuestion
}

/// One thing that is true in a story.
public enum StoryFact: Sendable, Equatable {
  /// The person is in the place.
  case location(person: String, place: String)

  /// The person has the thing.
  case possession(person: String, thing: String)
}

/// A choice between four endings of a story, of which one is true.
///
/// All four are of one kind, and named in the story, so that only the fact tells them apart.
public struct StoryQuestion: Sendable, Equatable {
  /// What is asked for.
  public enum Kind: String, Sendable, CaseIterable {
    /// Where a person is.
    case place
    /// Who has a thing.
    case holder
  }

  public var kind: Kind

  /// The story up to the words that are missing; it does not end in a space.
  public var context: String

  /// Four endings, each with the space before it and the full stop after it.
  public var choices: [String]

  /// The index in `choices` of the ending that is true.
  public var answer: Int
}
