import Stories
import Testing

@Suite("Story generator")
struct StoryGeneratorTests {
  @Test func aStoryDependsOnItsSeedAndNumberAlone() {
    let generator = StoryGenerator(seed: 7)
    let backward = (0..<50).reversed().map { generator.story($0) }
    #expect(backward.reversed() == (0..<50).map { StoryGenerator(seed: 7).story($0) })
    #expect(generator.story(3) != StoryGenerator(seed: 8).story(3))
    #expect(generator.story(3) != generator.story(4))
    _ = generator.story(-1)
    _ = generator.story(.max)
  }

  @Test func storiesAreShort() {
    let generator = StoryGenerator(seed: 1)
    for index in 0..<2_000 {
      let words = generator.story(index).text.split(separator: " ").count
      #expect((50...120).contains(words), "story \(index) has \(words) words")
    }
  }

  @Test func storiesDiffer() {
    let generator = StoryGenerator(seed: 1)
    let texts = Set((0..<14_000).map { Array(generator.story($0).text.utf8) })
    #expect(texts.count == 14_000)
  }

  @Test func noCastIsInBothParts() {
    func casts(_ part: StoryGenerator.Part, seed: UInt64) -> Set<Set<String>> {
      Set((0..<3_000).map { Set(StoryGenerator(seed: seed, part: part).story($0).cast) })
    }
    // Another seed for the held-out part: the split must not depend on it.
    let training = casts(.training, seed: 1)
    let heldOut = casts(.heldOut, seed: 2)
    #expect(training.isDisjoint(with: heldOut))
    #expect(heldOut.count > 80)
    #expect(training.allSatisfy { !StoryGenerator.isHeldOut(cast: Array($0)) })
    #expect(heldOut.allSatisfy { StoryGenerator.isHeldOut(cast: $0.sorted().reversed()) })
  }

  @Test func aCastIsWhoIsNamed() {
    let generator = StoryGenerator(seed: 5, part: .heldOut)
    for index in 0..<300 {
      let story = generator.story(index)
      let named = Set(StoryReader.words(story.text)).intersection(StoryLexicon.names)
      #expect(named == Set(story.cast))
    }
  }

  /// Reads every sentence with a reader that knows nothing of the generator's state.
  @Test(arguments: StoryGenerator.Part.allCases)
  func everyStoryIsConsistent(part: StoryGenerator.Part) throws {
    let generator = StoryGenerator(seed: 11, part: part)
    for index in 0..<1_500 {
      let story = generator.story(index)
      var reader = StoryReader()
      try reader.read(story.text)
      #expect(reader.statementCount >= 1, "story \(index) tells no fact again")
      for fact in story.facts {
        switch fact {
        case .location(let person, let place): #expect(reader.places[person] == place)
        case .possession(let person, let thing): #expect(reader.owners[thing] == person)
        }
      }
    }
  }
}
