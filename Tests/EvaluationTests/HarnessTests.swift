import Checkpoints
import Evaluation
import Foundation
import Layers
import Models
import TestSupport
import Testing
import Tokenization

/// Published data, Llama 2's tokenizer and a real model to the numbers that lm-evaluation-harness 0.4.13
/// recorded for them: every context, continuation, token, flag, metric and figure.
@Suite struct HarnessTests {
  private static let weights = "fixtures/openelm-small/model.safetensors"
  private static let llama = "data/tokenizers/llama2/tokenizer.model"
  private static let benchmarks = "data/benchmarks"
  private static let contextLength = 512

  private static func makeModel() throws -> OpenELM {
    let configuration = OpenELMConfiguration(
      layerCount: 6, modelWidth: 256, headWidth: 64, queriesPerKeyValueHead: 2,
      attentionScale: .init(0.5...1.0), feedForwardScale: .init(0.5...4.0),
      feedForwardDivisor: 256, vocabularySize: 32_000, contextLength: contextLength)
    var initializer = ParameterInitializer(seed: 1)
    var model = OpenELM(configuration, &initializer)
    try TensorFile.load(&model, from: SafetensorsFile(path: SharedData.path(weights)))
    return model
  }

  @Test(
    "every number is the harness's",
    .enabled(
      if: HarnessFixture.isPresent && SharedData.has(weights) && SharedData.has(llama)
        && SharedData.has(benchmarks),
      "needs the shared reference values, benchmarks and Llama 2's tokenizer"),
    arguments: HarnessFixture.names)
  func everyNumber(name: String) throws {
    let fixture = try HarnessFixture(task: name)
    let prepared = try PreparedTask(
      EvaluationCatalog.standard.task(named: fixture.task),
      data: TaskData(directory: SharedData.path(Self.benchmarks)), shots: fixture.shots,
      documents: fixture.documents[0]..<fixture.documents[1],
      // A run of a suite, which names the split that examples come from.
      drawsFromAllExamples: name.hasSuffix(".suite"))
    let tokenizer = try SentencePieceTokenizer(contentsOf: SharedData.path(Self.llama))
    var scorer = ModelScorer(try Self.makeModel())
    let result = try Evaluator(tokenizer: tokenizer).evaluate(prepared, with: &scorer)
    try #require(result.samples.count == fixture.samples.count)

    var encoder = RequestEncoder(tokenizer: tokenizer, contextLength: Self.contextLength)
    for (sample, expected) in zip(result.samples, fixture.samples) {
      let question = sample.answered.question
      let tokens = try encoder.encode(question, at: sample.answered.document.location)
      try #require(tokens.count == expected.requests.count)
      for (index, theirs) in expected.requests.enumerated() {
        let ours = question.completions[index]
        #expect(ours.context.utf8.elementsEqual(theirs.context.utf8))
        #expect(ours.continuation.utf8.elementsEqual(theirs.continuation.utf8))
        #expect(tokens[index].continuation == theirs.continuationTokens)
        // The harness counts before it cuts the left; the last token is only a target.
        let room = Self.contextLength + 1 - theirs.continuationTokens.count
        #expect(tokens[index].context.count == min(theirs.contextTokens, room))
        let score = sample.answered.answer.scores[index]
        #expect(abs(score.logLikelihood - theirs.loglikelihood) < 1e-3)
        #expect(score.isGreedy == theirs.isGreedy)
      }
      for (metric, value) in zip(result.metrics, sample.values) {
        let theirs = try #require(expected.metrics[metric.name])
        // What is made of log-likelihoods differs as they do; a hit or a miss does not.
        let tolerance = theirs == 0 || theirs == 1 ? 1e-9 : 1e-3
        #expect(abs(value.number - theirs) <= tolerance)
      }
    }
    for metric in result.metrics {
      expectEqual(metric.value, try #require(fixture.figure("\(metric.name),none")))
      expectEqual(
        try #require(metric.standardError),
        try #require(fixture.figure("\(metric.name)_stderr,none")))
    }
  }

  /// To four decimals; a perplexity of a million, to as many digits.
  private func expectEqual(_ ours: Double, _ theirs: Double) {
    #expect(abs(ours - theirs) < 5e-5 * max(1, abs(theirs)))
  }
}
