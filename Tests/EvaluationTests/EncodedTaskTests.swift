import Evaluation
import TestSupport
import Testing

@Suite struct EncodedTaskTests {
  private func task(_ contents: String) throws -> (TemporaryFolder, PreparedTask) {
    let folder = try TemporaryFolder()
    let path = try folder.write(contents, to: "text.jsonl")
    return (
      folder, try PreparedTask(.heldOutText(path), data: TaskData(directory: nil))
    )
  }

  private var scorer: FunctionScorer {
    FunctionScorer(contextLength: 40) { request in
      RequestScore(
        logLikelihood: -Double(request.continuation.reduce(0) { $0 + Int($1) }), isGreedy: false)
    }
  }

  /// The tokens that are predicted are those of the text, whatever the batches are.
  @Test func theTokenCountDependsOnTheTextAlone() throws {
    let text = (0..<30).map { "word \($0)" }.joined(separator: " and ")
    let (folder, prepared) = try task("{\"text\": \"\(text)\"}\n{\"text\": \"short\"}\n")
    let tokenizer = ByteTokenizer()
    let encoded = try EncodedTask(prepared, tokenizer: tokenizer, contextLength: 40)
    #expect(encoded.targetCount == text.utf8.count + 5)
    var results: [EvaluationResult] = []
    for tokensPerBatch in [1, 41, 100, 4_096] {
      var scorer = scorer
      results.append(
        try Evaluator(tokenizer: tokenizer, tokensPerBatch: tokensPerBatch).evaluate(
          encoded, with: &scorer))
      let predicted = scorer.batches.joined().reduce(0) { $0 + $1.continuation.count }
      #expect(predicted == encoded.targetCount)
    }
    #expect(results.allSatisfy { $0 == results[0] })
    // Tokenizing at once or beforehand makes no difference.
    var direct = scorer
    #expect(
      try Evaluator(tokenizer: tokenizer).evaluate(prepared, with: &direct) == results[0])
    withExtendedLifetime(folder) {}
  }

  /// What progress throws ends an evaluation after the batch at hand.
  @Test func itCanBeStoppedBetweenBatches() throws {
    struct Stop: Error {}
    let (folder, prepared) = try task(
      "{\"text\": \"\(String(repeating: "abcdefg ", count: 40))\"}\n")
    let encoded = try EncodedTask(prepared, tokenizer: ByteTokenizer(), contextLength: 40)
    var scorer = scorer
    #expect(throws: Stop.self) {
      var batches = 0
      _ = try Evaluator(tokenizer: ByteTokenizer(), tokensPerBatch: 41).evaluate(
        encoded, with: &scorer
      ) { _ in
        batches += 1
        if batches == 2 { throw Stop() }
      }
    }
    #expect(scorer.batches.count == 2)
    withExtendedLifetime(folder) {}
  }
}
