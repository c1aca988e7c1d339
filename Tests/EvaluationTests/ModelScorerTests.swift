import Checkpoints
import Evaluation
import Foundation
import Layers
import Models
import TestSupport
import Testing
import Tokenization

@Suite struct ModelScorerTests {
  private static func makeModel(
    vocabulary: Int, contextLength: Int, layers: Int = 6, width: Int = 256
  ) -> OpenELM {
    let configuration = OpenELMConfiguration(
      layerCount: layers, modelWidth: width, headWidth: width / 4, queriesPerKeyValueHead: 2,
      attentionScale: .init(0.5...1.0), feedForwardScale: .init(0.5...4.0),
      feedForwardDivisor: width, vocabularySize: vocabulary, contextLength: contextLength)
    var initializer = ParameterInitializer(seed: 1)
    return OpenELM(configuration, &initializer)
  }

  /// Neither what stands beside a request nor the padding behind it changes its score.
  @Test func scoresDoNotDependOnTheBatch() {
    let scorer = ModelScorer(
      Self.makeModel(vocabulary: 50, contextLength: 16, layers: 2, width: 32))
    let requests: [TokenizedRequest] = [
      .init(context: [1], continuation: [4, 9]),
      .init(context: [1, 2, 3, 4, 5, 6, 7], continuation: [8]),
      .init(context: [1, 7], continuation: [3, 3, 3, 3, 3, 3]),
    ]
    let together = scorer.score(requests)
    for (request, score) in zip(requests, together) {
      let alone = scorer.score([request])
      #expect(abs(alone[0].logLikelihood - score.logLikelihood) < 1e-4)
      #expect(alone[0].isGreedy == score.isGreedy)
    }
  }

  /// The sum of ln p over the continuation, from the model's logits.
  @Test func scoresAreLogLikelihoods() {
    let model = Self.makeModel(vocabulary: 50, contextLength: 16, layers: 2, width: 32)
    let score = ModelScorer(model).score([.init(context: [1, 2, 3], continuation: [4, 5])])[0]
    let logits = model.logits(of: [1, 2, 3, 4], batch: 1).scalars.map(Double.init)
    let expected = [(2, 4), (3, 5)].reduce(0.0) { total, place in
      let row = logits[place.0 * 50..<(place.0 + 1) * 50]
      return total + row[row.startIndex + place.1] - log(row.reduce(0) { $0 + exp($1) })
    }
    #expect(abs(score.logLikelihood - expected) < 1e-4)
  }

  private static let small = "\(SharedData.directory)/fixtures/openelm-small/model.safetensors"
  private static let llama = "\(SharedData.directory)/data/tokenizers/llama2/tokenizer.model"

  /// The first documents of each task through tokenizer, encoder and model, against what the
  /// harness recorded for the same weights.
  @Test(
    .enabled(
      if: SharedData.has("fixtures/openelm-small") && SharedData.has("data/tokenizers/llama2"),
      "needs the shared reference values and Llama 2's tokenizer"),
    arguments: HarnessFixture.tasks)
  func theHarnessesLogLikelihoods(task: String) throws {
    var model = Self.makeModel(vocabulary: 32_000, contextLength: 512)
    try TensorFile.load(&model, from: SafetensorsFile(path: Self.small))
    let tokenizer = try SentencePieceTokenizer(contentsOf: Self.llama)
    var encoder = RequestEncoder(tokenizer: tokenizer, contextLength: 512)
    let location = DocumentLocation(task: task, path: "fixture", line: 1)
    let expected = try HarnessFixture(task: task).samples.prefix(6).flatMap(\.requests)
    let requests = try expected.map {
      try encoder.encode(
        .init(context: $0.context, continuation: $0.continuation), choice: 0, at: location)
    }
    let scorer = ModelScorer(model)
    for (request, theirs) in zip(requests, expected) {
      let ours = scorer.score([request])[0]
      #expect(abs(ours.logLikelihood - theirs.loglikelihood) < 1e-3)
      #expect(ours.isGreedy == theirs.isGreedy)
    }
  }
}
