import Evaluation
import Foundation
import Layers
import Models
import Testing

/// A score depends on its document alone: not on what is scored beside it, in which order, how often.
@Suite struct EvaluationIndependenceTests {
  private static func makeScorer() -> ModelScorer<OpenELM> {
    var initializer = ParameterInitializer(seed: 5)
    return ModelScorer(
      OpenELM(
        OpenELMConfiguration(
          layerCount: 2, modelWidth: 32, headWidth: 8, queriesPerKeyValueHead: 2,
          attentionScale: .init(0.5...1.0), feedForwardScale: .init(0.5...4.0),
          feedForwardDivisor: 32, vocabularySize: 260, contextLength: 96),
        &initializer))
  }

  private static let task = StoryQuestions(name: "stories", file: "stories.jsonl")

  /// Contexts that share beginnings, choices that begin each other, and some too long for the model.
  private static let documents: [TaskDocument] = (0..<40).map { index in
    let subject = ["The elm ", "The elm and the ash ", "A seed "][index % 3]
    let filler = String(repeating: "falls and grows, ", count: index % 9)
    return document([
      "context": .string(subject + filler + "in year \(index / 2):"),
      "choices": [" it", " it is", .string(" it is \(index)"), " nothing"],
      "answer": .integer(index % 4),
    ])
  }

  private static func evaluate(_ documents: [TaskDocument], tokensPerBatch: Int) throws
    -> EvaluationResult
  {
    var scorer = makeScorer()
    return try Evaluator(tokenizer: ByteTokenizer(), tokensPerBatch: tokensPerBatch)
      .evaluate(task, on: documents, with: &scorer)
  }

  private func expectSame(_ ours: EvaluationResult.Sample, _ theirs: EvaluationResult.Sample) {
    #expect(ours.values == theirs.values)
    for (left, right) in zip(ours.answered.answer.scores, theirs.answered.answer.scores) {
      #expect(abs(left.logLikelihood - right.logLikelihood) < 1e-4)
      #expect(left.isGreedy == right.isGreedy)
    }
  }

  @Test(arguments: [1, 64, 1_000, 8_192])
  func batchSizes(tokensPerBatch: Int) throws {
    let reference = try Self.evaluate(Self.documents, tokensPerBatch: 512)
    let result = try Self.evaluate(Self.documents, tokensPerBatch: tokensPerBatch)
    for (ours, theirs) in zip(result.samples, reference.samples) { expectSame(ours, theirs) }
    #expect(result.metrics == reference.metrics)
  }

  @Test(arguments: [64, 1_000, 8_192])
  func orders(tokensPerBatch: Int) throws {
    let reference = try Self.evaluate(Self.documents, tokensPerBatch: tokensPerBatch)
    var generator = MersenneTwister(seed: 9)
    let order = generator.sample(Self.documents.count, from: Self.documents.count)
    let result = try Self.evaluate(
      order.map { Self.documents[$0] }, tokensPerBatch: tokensPerBatch)
    for (sample, index) in zip(result.samples, order) {
      expectSame(sample, reference.samples[index])
    }
  }

  /// A document by itself is scored as it is among others.
  @Test func company() throws {
    let reference = try Self.evaluate(Self.documents, tokensPerBatch: 1_000)
    for index in [0, 17, 39] {
      let alone = try Self.evaluate([Self.documents[index]], tokensPerBatch: 1_000)
      expectSame(alone.samples[0], reference.samples[index])
    }
  }

  @Test func theSameCallGivesTheSameBits() throws {
    let first = try Self.evaluate(Self.documents, tokensPerBatch: 1_000)
    #expect(try Self.evaluate(Self.documents, tokensPerBatch: 1_000) == first)
  }
}
