import Evaluation
import Foundation
import TestSupport
import Testing

@Suite struct EvaluatorTests {
  /// Scores a continuation by its length, so that the shortest wins acc.
  private func scorer(contextLength: Int = 1_000) -> FunctionScorer {
    FunctionScorer(contextLength: contextLength) { request in
      RequestScore(logLikelihood: -Double(request.continuation.count), isGreedy: false)
    }
  }

  private func story(_ choices: [DocumentValue], _ answer: Int) -> TaskDocument {
    document(["context": "Once", "choices": .array(choices), "answer": .integer(answer)])
  }

  private let task = StoryQuestions(name: "stories", file: "stories.jsonl")

  @Test func aggregatesAndChance() throws {
    var scorer = scorer()
    let documents = [
      story([" a", " bb"], 0), story([" a", " bb"], 1), story([" cc", " d", " eee", " fff"], 1),
      story(["x", "y"], 0), story(["x", "y"], 1),
    ]
    let result = try Evaluator(tokenizer: ByteTokenizer()).evaluate(
      task, on: documents, with: &scorer)
    // Ties go to the first choice.
    #expect(result.samples.map { $0.values[0].number } == [1, 0, 1, 1, 0])
    #expect(result.metrics[0].value == 0.6)
    #expect(abs((result.metrics[0].standardError ?? 0) - 0.24494897427831783) < 1e-15)
    #expect(abs((result.chance ?? 0) - (4 * 0.5 + 0.25) / 5) < 1e-15)
    #expect(result.documentCount == 5)
  }

  @Test func oneDocumentHasNoStandardError() throws {
    var scorer = scorer()
    let result = try Evaluator(tokenizer: ByteTokenizer()).evaluate(
      task, on: [story(["x", "y"], 0)], with: &scorer)
    #expect(result.metrics.allSatisfy { $0.standardError == nil && $0.value == 1 })
  }

  @Test func identicalRequestsAreScoredOnceLongestFirst() throws {
    var scorer = scorer()
    let documents = [
      story([" a", " bb"], 0), story([" bb", " cccc"], 1), story([" a", " a"], 0),
    ]
    var steps: [EvaluationProgress] = []
    let result = try Evaluator(tokenizer: ByteTokenizer(), tokensPerBatch: 1).evaluate(
      task, on: documents, with: &scorer, progress: { steps.append($0) })
    // Start token, "Once", and the continuation: " cccc", " bb", " a".
    #expect(scorer.batches.map { $0.map(\.count) } == [[10], [8], [7]])
    #expect(steps.map(\.documentsDone) == [0, 1, 3])
    #expect(steps.allSatisfy { $0.documentCount == 3 && $0.task == "stories" })
    #expect(
      result.samples.map { $0.answered.answer.scores.map(\.logLikelihood) } == [
        [-2, -3], [-3, -5], [-2, -2],
      ])
  }

  @Test func batchSizeChangesNothing() throws {
    let documents = (0..<30).map { index in
      story(
        (0..<3).map { .string(String(repeating: "ab", count: 1 + (index * 7 + $0 * 5) % 11)) },
        index % 3)
    }
    let results = try [1, 64, 100_000].map { tokensPerBatch in
      var scorer = scorer()
      return try Evaluator(tokenizer: ByteTokenizer(), tokensPerBatch: tokensPerBatch).evaluate(
        task, on: documents, with: &scorer)
    }
    #expect(results[0] == results[1])
    #expect(results[1] == results[2])
  }

  @Test func choiceWithoutCharactersIsNeverTheNormalizedAnswer() throws {
    // "" after the delimiter has one token and no characters: −1 / 0.
    var scorer = scorer()
    let result = try Evaluator(tokenizer: ByteTokenizer()).evaluate(
      PIQA(), on: [document(["goal": "g", "sol1": "", "sol2": "long", "label": 1])],
      with: &scorer)
    #expect(result.metrics.map(\.value) == [0, 1])
  }

  @Test func whatCannotBeScoredIsAnError() throws {
    let evaluator = Evaluator(tokenizer: ByteTokenizer())
    let location = story([], 0).location
    func error(
      _ document: TaskDocument, _ scorer: FunctionScorer? = nil
    ) -> EvaluationError? {
      var scorer = scorer ?? self.scorer()
      return evaluationError {
        _ = try evaluator.evaluate(task, on: [document], with: &scorer)
      }
    }
    #expect(error(story([" a", ""], 0)) == .emptyContinuation(location, choice: 1))
    #expect(error(story([], 0)) == .noChoices(location, field: "choices"))
    #expect(
      error(story([" a"], 1))
        == .goldOutOfRange(location, field: "answer", gold: 1, choiceCount: 1))
    #expect(
      error(story([" a", " bbb"], 0), scorer(contextLength: 3))
        == .continuationTooLong(location, choice: 1, tokens: 4, contextLength: 3))
    #expect(
      error(story([" a"], 0), FunctionScorer { _ in .init(logLikelihood: .nan, isGreedy: false) })
        == .notANumber(location, choice: 0))
    var small = scorer()
    small.vocabularySize = 259
    #expect(error(story([" a"], 0), small) == .vocabularyMismatch(tokenizer: 260, model: 259))
    #expect(
      evaluationError { _ = try evaluator.evaluate(task, on: [], with: &small) }
        == .noDocuments(task: "stories", paths: []))
    let folder = try TemporaryFolder()
    let path = try folder.write(
      #"{"context": "Once", "choices": [" a", " bb"], "answer": 0}"#, to: "stories.jsonl")
    var fitting = scorer()
    #expect(
      evaluationError {
        _ = try evaluator.evaluate(
          StoryQuestions(name: "stories", file: path), data: TaskData(directory: nil),
          documents: 3..<9, with: &fitting)
      } == .emptyRange(task: "stories", range: 3..<9, found: 1))
  }

  @Test func storyFileIsEvaluatedUpToTheLimit() throws {
    let folder = try TemporaryFolder()
    let line = #"{"context": "Once", "choices": [" a", " bb"], "answer": 0}"# + "\n"
    let path = try folder.write(String(repeating: line, count: 5), to: "stories.jsonl")
    var scorer = scorer()
    let result = try Evaluator(tokenizer: ByteTokenizer()).evaluate(
      .storyQuestions(name: "mine", file: path), data: TaskData(directory: nil),
      documents: 0..<3, with: &scorer)
    #expect(result.task == "mine")
    #expect(result.documentCount == 3)
    #expect(result.metrics.map(\.value) == [1, 1])
    #expect(scorer.batches.flatMap { $0 }.count == 2)
  }
}
