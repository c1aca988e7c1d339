import Checkpoints
import Evaluation
import Foundation
import Kernels
import Layers
import Models
import Synchronization
import Tensors
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
    var scorer = ModelScorer(
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
    var scorer = ModelScorer(model)
    let score = scorer.score([.init(context: [1, 2, 3], continuation: [4, 5])])[0]
    let logits = model.logits(of: [1, 2, 3, 4], batch: 1).scalars.map(Double.init)
    let expected = [(2, 4), (3, 5)].reduce(0.0) { total, place in
      let row = logits[place.0 * 50..<(place.0 + 1) * 50]
      return total + row[row.startIndex + place.1] - log(row.reduce(0) { $0 + exp($1) })
    }
    #expect(abs(score.logLikelihood - expected) < 1e-4)
  }

  /// Requests of a few documents: choices after a context, shared examples before them, the same
  /// tokens split elsewhere, a request that is another's beginning.
  static let requests: [TokenizedRequest] = {
    var generator = SplitMix(state: 7)
    func tokens(_ count: Int) -> [Int32] {
      (0..<count).map { _ in Int32(generator.next() % 50) }
    }
    var requests: [TokenizedRequest] = []
    let examples = tokens(21)
    for document in 0..<6 {
      let context = (document < 4 ? [1] + examples : [1]) + tokens(3 + 5 * document)
      for choice in 0..<4 {
        requests.append(.init(context: context, continuation: tokens(1 + (choice + document) % 4)))
      }
    }
    requests.append(.init(context: [1], continuation: examples))
    requests.append(.init(context: [1] + examples.dropLast(), continuation: [examples[20]]))
    requests.append(.init(context: [1, 2], continuation: [3]))
    requests.append(.init(context: [1, 2], continuation: [4]))
    requests.append(.init(context: [1], continuation: [2, 3]))
    return requests
  }()

  /// Each request by itself, from the model's plain forward pass.
  private static func plainScores(_ model: OpenELM) -> [RequestScore] {
    requests.map { request in
      let tokens = request.context + request.continuation
      let hidden = model.hiddenStates(of: Array(tokens.dropLast()), batch: 1)
      let scores = targetScores(
        hidden: hidden, table: model.outputTable,
        targets: request.continuation.enumerated().map {
          ScoredTarget(row: request.context.count - 1 + $0.offset, token: $0.element)
        })
      return RequestScore(
        logLikelihood: scores.reduce(0) { $0 + Double($1.logLikelihood) },
        isGreedy: scores.allSatisfy(\.isGreedy))
    }
  }

  /// However requests are ordered and cut into calls, on one thread or all, a score is that of the
  /// request by itself: bit for bit with this project's bfloat16 products.
  @Test(arguments: [Precision.float32, .bfloat16])
  func anyOrderAndBatches(precision: Precision) throws {
    var model = Self.makeModel(vocabulary: 50, contextLength: 64, layers: 3, width: 32)
    model.execution.precision = precision
    let expected = Self.plainScores(model)
    let requests = Self.requests
    var generator = SplitMix(state: 3)
    for (budget, isShuffled) in [(1, false), (7, true), (40, false), (1_000, true)] {
      let order =
        isShuffled ? requests.indices.shuffled(using: &generator) : Array(requests.indices)
      var plan = ScoringPlan()
      let slots = order.map { plan.add(requests[$0]) }
      #expect(slots == Array(requests.indices))
      var scorer = ModelScorer(model, precision: precision)
      var tokens = 0
      for batch in plan.batches(tokensPerBatch: budget) {
        for (slot, score) in zip(batch, scorer.score(batch.map { plan.requests[$0] })) {
          try expectSame(score, expected[order[slot]], precision)
        }
        tokens += batch.count
      }
      #expect(tokens == requests.count)
    }
    // Calls in no order at all.
    var scorer = ModelScorer(model, precision: precision)
    for index in requests.indices.shuffled(using: &generator) {
      try expectSame(scorer.score([requests[index]])[0], expected[index], precision)
    }
    // Inside a parallel loop everything is walked on one thread.
    let alone = Mutex<[RequestScore]>([])
    ThreadPool.shared.forEach(2) { _ in
      var scorer = ModelScorer(model, precision: precision)
      let scores = scorer.score(requests)
      alone.withLock { $0 = scores }
    }
    #expect(alone.withLock { $0 } == ModelScorer.scores(of: requests, model, precision))
  }

  private func expectSame(
    _ score: RequestScore, _ expected: RequestScore, _ precision: Precision
  ) throws {
    #expect(score.isGreedy == expected.isGreedy)
    if precision == .bfloat16, PairedProduct.hasNativeInstructions {
      #expect(score.logLikelihood == expected.logLikelihood)
    } else {
      #expect(abs(score.logLikelihood - expected.logLikelihood) < 1e-4)
    }
  }

  /// What stands in several requests goes through the model once, however they are cut.
  @Test(arguments: [1, 9, 30, 1_000])
  func sharedTokensAreComputedOnce(tokensPerBatch: Int) {
    let model = Self.makeModel(vocabulary: 50, contextLength: 64, layers: 1, width: 32)
    let sequences = Self.requests.map { Array(($0.context + $0.continuation).dropLast()) }
    let nodes = Set(sequences.flatMap { sequence in sequence.indices.map { sequence[...$0] } })
    var plan = ScoringPlan()
    for request in Self.requests { _ = plan.add(request) }
    var scorer = ModelScorer(model)
    let batches = plan.batches(tokensPerBatch: tokensPerBatch)
    for batch in batches { _ = scorer.score(batch.map { plan.requests[$0] }) }
    // A call that asks for a row of the last call's computes it again, and what follows it.
    #expect(scorer.computedTokens >= nodes.count)
    #expect(scorer.computedTokens <= nodes.count + 5 * (batches.count - 1))
  }

  /// A tie is the first token's, as it is where a harness takes the largest.
  @Test func aTieIsTheFirstTokens() {
    let table = Tensor([1, 0, 2, 0, 2, 0, -1, 0], shape: [4, 2])
    let hidden = Tensor([1, 5], shape: [1, 2])
    let scores = targetScores(
      hidden: hidden, table: table, targets: [2, 1, 0].map { .init(row: 0, token: $0) })
    #expect(scores.map(\.isGreedy) == [false, true, false])
    #expect(scores[0].logLikelihood == scores[1].logLikelihood)
  }

  private static let small = "\(SharedData.directory)/fixtures/openelm-small/model.safetensors"
  private static let llama = "\(SharedData.directory)/data/tokenizers/llama2/tokenizer.model"

  /// The first documents of each task through tokenizer, encoder and model, against what the
  /// harness recorded for the same weights.
  @Test(
    .enabled(
      if: SharedData.has("fixtures/openelm-small") && SharedData.has("data/tokenizers/llama2"),
      "needs the shared reference values and Llama 2's tokenizer"),
    arguments: HarnessFixture.tasks + ["arc_challenge.5shot", "winogrande.5shot"])
  func theHarnessesLogLikelihoods(task: String) throws {
    var model = Self.makeModel(vocabulary: 32_000, contextLength: 512)
    try TensorFile.load(&model, from: SafetensorsFile(path: Self.small))
    let tokenizer = try SentencePieceTokenizer(contentsOf: Self.llama)
    var encoder = RequestEncoder(tokenizer: tokenizer, contextLength: 512)
    let location = DocumentLocation(task: task, path: "fixture", line: 1)
    let expected = try HarnessFixture(task: task).samples.prefix(8).flatMap(\.requests)
    let requests = try expected.map {
      try encoder.encode(
        .init(context: $0.context, continuation: $0.continuation), choice: 0, at: location)
    }
    // One by one, in small batches and in large ones: figures that do not depend on it.
    var alone: [RequestScore]?
    for budget in [1, 300, 4_096] {
      var plan = ScoringPlan()
      let slots = requests.map { plan.add($0) }
      var scores = [RequestScore](
        repeating: .init(logLikelihood: .nan, isGreedy: false), count: plan.requests.count)
      var scorer = ModelScorer(model)
      for batch in plan.batches(tokensPerBatch: budget) {
        if budget == 1 { scorer = ModelScorer(model) }
        for (slot, score) in zip(batch, scorer.score(batch.map { plan.requests[$0] })) {
          scores[slot] = score
        }
      }
      for (score, single) in zip(scores, alone ?? scores) {
        #expect(abs(score.logLikelihood - single.logLikelihood) < 1e-4)
      }
      if alone == nil { alone = scores }
      for (slot, theirs) in zip(slots, expected) {
        #expect(abs(scores[slot].logLikelihood - theirs.loglikelihood) < 1e-3)
        #expect(scores[slot].isGreedy == theirs.isGreedy)
      }
    }
  }
}

extension ModelScorer {
  fileprivate static func scores(
    of requests: [TokenizedRequest], _ model: Model, _ precision: Precision
  ) -> [RequestScore] {
    var scorer = ModelScorer(model, precision: precision)
    return scorer.score(requests)
  }
}

/// SplitMix64, so that a failure can be repeated.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
