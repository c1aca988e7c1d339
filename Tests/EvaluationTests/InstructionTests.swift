import Evaluation
import Testing

@Suite struct InstructionTests {
  private let location = DocumentLocation(task: "ifeval", path: "train.parquet", line: 7)

  private func make(_ id: String, _ arguments: [String: DocumentValue]) throws -> InstructionList {
    try InstructionList(ids: [id], arguments: [arguments], location: location)
  }

  @Test func registryHasTheTwentyFive() {
    #expect(Set(InstructionRegistry.all.map { $0.id }).count == 25)
  }

  @Test func unknownNameSaysWhatIsKnown() throws {
    let error = #expect(throws: InstructionError.self) { _ = try make("keywords:rhyme", [:]) }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix("ifeval: train.parquet, line 7: there is no instruction"))
    #expect(text.contains("keywords:existence"))
  }

  @Test func emptyArgumentsAreMissing() {
    for value in [DocumentValue.null, 0, "", [], [:], false] {
      #expect(
        throws: InstructionError.missingArgument(
          location, instruction: "length_constraints:number_words", argument: "num_words",
          expected: "a count of at least one")
      ) {
        _ = try make(
          "length_constraints:number_words", ["num_words": value, "relation": "at least"])
      }
    }
    #expect(throws: Never.self) { _ = try make("punctuation:no_comma", ["num_words": nil]) }
  }

  @Test(
    arguments: [
      ("punctuation:no_comma", ["num_words": 3]),
      ("length_constraints:number_words", ["num_words": "3", "relation": "at least"]),
      ("length_constraints:number_words", ["num_words": -3, "relation": "at least"]),
      ("length_constraints:number_words", ["num_words": 3, "relation": "at most"]),
      ("keywords:existence", ["keywords": ["(a"]]),
      ("keywords:existence", ["keywords": [1]]),
      ("language:response_language", ["language": "tlh"]),
      (
        "length_constraints:nth_paragraph_first_word",
        ["num_paragraphs": 2, "nth_paragraph": 3, "first_word": "a"]
      ),
    ] as [(String, [String: DocumentValue])])
  func badArgumentsAreErrors(id: String, arguments: [String: DocumentValue]) throws {
    let error = #expect(throws: InstructionError.self) { _ = try make(id, arguments) }
    #expect("\(try #require(error))".contains("line 7: \(id)"))
  }

  @Test func countsOfInstructionsAndArgumentsAreTheSame() {
    #expect(throws: InstructionError.countsDiffer(location, instructions: 1, arguments: 0)) {
      _ = try InstructionList(ids: ["punctuation:no_comma"], arguments: [], location: location)
    }
  }

  /// A pattern of the data that explodes ends with an error, not with the day.
  @Test func slowPatternsEnd() throws {
    let list = try make("keywords:existence", ["keywords": ["(a+)+$"]])
    #expect(throws: InstructionError.self) {
      _ = try list.judge(String(repeating: "a", count: 40) + "b")
    }
  }

  @Test func looseReadingsForgiveFirstLineLastLineAndAsterisks() throws {
    let list = try make("startend:quotation", [:])
    for (response, strict, loose) in [
      ("\"So.\"", true, true), ("Here:\n\"So.\"", false, true), ("**\"So.\"**", false, true),
      ("Here:\n*\"So.\"*\nBye", false, true), ("Here:\nis\n\"So.\"", false, false),
      (" ", false, false),
    ] {
      #expect(
        try list.judge(response) == InstructionOutcome(strict: [strict], loose: [loose]))
    }
    #expect(InstructionOutcome.instructionLevelAccuracy([[true, false], [true], []]) == 2.0 / 3)
    #expect(InstructionOutcome.instructionLevelAccuracy([[]]) == nil)
  }

  /// The reference draws a letter at random for what is none.
  @Test func charactersThatAreNoLettersCountThemselves() throws {
    let list = try make(
      "keywords:letter_frequency",
      ["letter": "!", "let_frequency": 2, "let_relation": "at least"])
    #expect(try list.judge("a! b!").strict == [true])
    #expect(try list.judge("a! b").strict == [false])
  }
}
