import Evaluation
import Experiments
import Foundation
import TestSupport
import Tokenization
import Testing

@Suite struct TaskScoringTests {
  /// Gives a request a score that depends on nothing but its tokens.
  private struct SumScorer: LanguageModelScorer {
    let contextLength = 64
    let vocabularySize = 320
    var requestCount = 0

    mutating func score(_ requests: [TokenizedRequest]) -> [RequestScore] {
      requestCount += requests.count
      return requests.map { request in
        let sum = request.continuation.reduce(0) { ($0 &* 31 &+ Int($1)) % 1_009 }
        return RequestScore(logLikelihood: -Double(sum), isGreedy: false)
      }
    }
  }

  private let folder: TinyWorkspace
  private let catalog: EvaluationCatalog
  private let tokenizer: any Tokenizer

  init() throws {
    folder = try TinyWorkspace()
    for (name, count) in [("one", 7), ("two", 4)] {
      let lines = (0..<count).map { index in
        #"{"context": "the door \#(index)", "choices": [" red", " green"], "answer": \#(index % 2)}"#
      }
      try folder.folder.write(lines.joined(separator: "\n"), to: "\(name).jsonl")
    }
    let path = folder.folder.path
    catalog = EvaluationCatalog(
      ["one", "two"].map { StoryQuestions(name: $0, file: "\(path)/\($0).jsonl") },
      groups: [TaskGroup(name: "both", version: 1, members: ["one", "two"])])
    let source = try ListedSource(
      TextSource(addresses: [folder.corpus]), in: folder.workspace.corpusStorage)
    tokenizer = try TokenizerFile.load(
      folder.recipe.tokenizer.prepare(
        in: folder.workspace, corpus: [source], reading: folder.recipe.reading
      ) { _ in })
  }

  private func scoring(_ names: [String], documents: Range<Int>? = nil) throws -> TaskScoring {
    try TaskScoring(
      catalog.selection(named: names), data: TaskData(directory: nil), documents: documents,
      tokenizer: tokenizer, contextLength: 64)
  }

  @Test func scoresAsTheEvaluatorDoes() throws {
    let scoring = try scoring(["both"])
    #expect(scoring.documentCount == 11)
    #expect(scoring.parts.map(\.task) == ["one", "two", "both"])
    var scorer = SumScorer()
    var finished: [String] = []
    let results = try scoring.results(
      with: &scorer,
      finished: { result, seconds in
        finished.append(result.task)
        #expect(seconds >= 0)
      })
    #expect(finished == ["one", "two"])
    #expect(results.map(\.task) == ["both", "one", "two"])
    #expect(results[0].documentCount == 11)
    let direct = try Evaluator(tokenizer: tokenizer).evaluate(
      catalog.task(named: "one"), data: TaskData(directory: nil), with: &scorer)
    #expect(results[1] == direct)
    // Any number of times, with what was tokenized once.
    #expect(try scoring.results(with: &scorer) == results)
  }

  /// The mean of a group counts the results of an earlier process.
  @Test func doesNotScoreAgainWhatIsKnown() throws {
    let scoring = try scoring(["both"])
    var (all, rest) = (SumScorer(), SumScorer())
    let results = try scoring.results(with: &all)
    var finished: [String] = []
    let resumed = try scoring.results(
      with: &rest, earlier: [results[1]], finished: { result, _ in finished.append(result.task) })
    #expect(finished == ["two"])
    #expect(resumed == results)
    #expect(rest.requestCount < all.requestCount)
  }

  @Test func takesTheFirstDocuments() throws {
    let scoring = try scoring(["one", "two"], documents: 0..<5)
    #expect(scoring.documentCount == 9)
    #expect(scoring.tokenCount > 0)
  }
}
