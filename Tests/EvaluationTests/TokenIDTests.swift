import Evaluation
import Foundation
import TestSupport
import Testing
import Tokenization

/// Token ids against those that lm-evaluation-harness 0.4.13 made with Llama 2's tokenizer.
@Suite struct TokenIDTests {
  private static let model = "data/tokenizers/llama2/tokenizer.model"

  @Test(
    "requests have the harness's token ids",
    .enabled(
      if: HarnessFixture.isPresent && SharedData.has(model),
      "needs the shared fixtures and Llama 2's tokenizer"),
    arguments: HarnessFixture.tasks)
  func ids(task: String) throws {
    let tokenizer = try SentencePieceTokenizer(contentsOf: SharedData.path(Self.model))
    let fixture = try HarnessFixture(task: task)
    let location = DocumentLocation(task: task, path: "fixture", line: 1)
    // The fixture's counts are those before requests were cut to its model's 512 tokens.
    var whole = RequestEncoder(tokenizer: tokenizer, contextLength: 100_000)
    var cut = RequestEncoder(tokenizer: tokenizer, contextLength: 512)
    for expected in fixture.samples.flatMap(\.requests) {
      let texts = Completion(
        context: expected.context, continuation: expected.continuation)
      let request = try whole.encode(texts, choice: 0, at: location)
      #expect(request.context.first == 1)
      #expect(request.context.count == expected.contextTokens)
      #expect(request.continuation == expected.continuationTokens)
      let fitting = try cut.encode(texts, choice: 0, at: location)
      #expect(fitting.count == min(request.count, 513))
      #expect(fitting.continuation == request.continuation)
      #expect(fitting.context == Array(request.context.suffix(fitting.context.count)))
    }
  }
}
