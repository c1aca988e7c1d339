import Stories
import Testing

@Suite("Story questions")
struct StoryQuestionTests {
  static let stories = (0..<2_000).map { StoryGenerator(seed: 1, part: .heldOut).story($0) }

  @Test func theRightEndingIsTheStorys() {
    for story in Self.stories {
      let question = story.question
      #expect(question.context + question.choices[question.answer] == story.text)
      #expect(Set(question.choices).count == 4)
      #expect(question.choices.allSatisfy { $0.hasPrefix(" ") && $0.hasSuffix(".") })
      #expect(question.context.last?.isLetter == true)
    }
  }

  @Test func everyEndingIsNamedInTheStory() {
    for story in Self.stories {
      let words = Set(StoryReader.words(story.question.context))
      #expect(story.question.choices.allSatisfy { words.contains(Self.candidate($0)) })
    }
  }

  /// A wrong ending must contradict the facts, or there would be two right ones.
  @Test func wrongEndingsAreWrong() throws {
    for story in Self.stories {
      for (index, choice) in story.question.choices.enumerated()
      where index != story.question.answer {
        var reader = StoryReader()
        #expect(throws: StoryReader.Contradiction.self) {
          try reader.read(story.question.context + choice)
        }
      }
    }
  }

  @Test func answersAreSpreadOverTheChoicesAndKinds() {
    for answer in 0..<4 {
      let share = Self.share { $0.answer == answer }
      #expect((0.21...0.29).contains(share), "choice \(answer) is right in \(share)")
    }
    for kind in StoryQuestion.Kind.allCases {
      #expect(Self.share { $0.kind == kind } > 0.35)
    }
  }

  struct Guess: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// The score of a candidate by the positions of its mentions; the highest is guessed.
    var score: @Sendable (_ mentions: [Int]) -> Int
  }

  /// Whoever counts mentions, without reading what is said, must stay near chance (25%).
  @Test(
    arguments: [
      Guess(testDescription: "latest mention") { $0.last ?? 0 },
      Guess(testDescription: "first mention") { -($0.first ?? 0) },
      Guess(testDescription: "most mentions") { $0.count },
      Guess(testDescription: "earliest last mention") { -($0.last ?? 0) },
      Guess(testDescription: "latest first mention") { $0.first ?? 0 },
      Guess(testDescription: "fewest mentions") { -$0.count },
    ], StoryQuestion.Kind.allCases)
  func countingMentionsDoesNotHelp(guess: Guess, kind: StoryQuestion.Kind) {
    var right = 0.0
    var total = 0.0
    for question in Self.stories.map(\.question) where question.kind == kind {
      let words = StoryReader.words(question.context)
      let scores = question.choices.map { choice in
        guess.score(words.indices.filter { words[$0] == Self.candidate(choice) })
      }
      let best = scores.indices.filter { scores[$0] == scores.max() }
      if best.contains(question.answer) { right += 1 / Double(best.count) }
      total += 1
    }
    #expect(right / total < 0.45, "\(guess.testDescription) is right in \(right / total)")
  }

  private static func candidate(_ choice: String) -> String {
    StoryReader.words(choice).last ?? ""
  }

  private static func share(_ condition: (StoryQuestion) -> Bool) -> Double {
    Double(stories.filter { condition($0.question) }.count) / Double(stories.count)
  }
}
