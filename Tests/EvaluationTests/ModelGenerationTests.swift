import Evaluation
import Kernels
import Layers
import Models
import Tensors
import Testing

@Suite struct ModelGenerationTests {
  private static let prompts: [[Int32]] = [
    [1, 5, 9, 12], [1], [1, 5, 9, 12, 30, 31], [7, 7, 7], [1, 5, 9, 12], [1, 5, 2],
  ]

  private static func model(_ precision: Precision) -> OpenELM {
    let configuration = OpenELMConfiguration(
      layerCount: 3, modelWidth: 32, headWidth: 8, queriesPerKeyValueHead: 2,
      attentionScale: .init(0.5...1.0), feedForwardScale: .init(0.5...4.0),
      feedForwardDivisor: 32, vocabularySize: 50, contextLength: 64)
    var initializer = ParameterInitializer(seed: 5)
    var model = OpenELM(configuration, &initializer)
    model.execution.precision = precision
    return model
  }

  /// The most likely continuation by a whole forward pass for every token.
  private static func plain(_ model: OpenELM, _ prompt: [Int32], count: Int) -> [Int32] {
    var tokens = prompt
    for _ in 0..<count {
      let hidden = model.hiddenStates(of: tokens, batch: 1).rows([Int32(tokens.count - 1)])
      tokens += mostLikelyTokens(hidden: hidden, table: model.outputTable)
    }
    return Array(tokens.dropFirst(prompt.count))
  }

  /// Forty tokens: past two groups of sixteen columns.
  @Test(arguments: [Precision.float32, .bfloat16])
  func theCacheChangesNothing(precision: Precision) throws {
    let model = Self.model(precision)
    var generator = ModelScorer(model, precision: precision)
    for _ in 0..<2 {
      let found = try generator.generate(Self.prompts, maximumTokens: 40) { _, _ in false }
      #expect(found == Self.prompts.map { Self.plain(model, $0, count: 40) })
    }
  }

  /// More prompts than go on at once, which end at different times.
  @Test func eachEndsByItself() throws {
    let model = Self.model(.float32)
    var generator = ModelScorer(model)
    let prompts = (0..<37).map { [1, Int32($0 % 5 + 2), Int32($0)] }
    let found = try generator.generate(prompts, maximumTokens: 9) { prompt, tokens in
      tokens.count == prompt % 11 + 1
    }
    for (index, prompt) in prompts.enumerated() {
      #expect(found[index] == Self.plain(model, prompt, count: min(9, index % 11 + 1)))
    }
    #expect(try generator.generate([], maximumTokens: 4) { _, _ in false }.isEmpty)
    #expect(try generator.generate([[1]], maximumTokens: 0) { _, _ in false } == [[]])
  }

  /// What `isFinished` throws ends everything.
  @Test func errorsPass() {
    struct Stop: Error {}
    var generator = ModelScorer(Self.model(.float32))
    #expect(throws: Stop.self) {
      try generator.generate([[1]], maximumTokens: 4) { _, _ in throw Stop() }
    }
  }

  /// Scores after a generation are those before it.
  @Test func scoringGoesOn() throws {
    let model = Self.model(.bfloat16)
    var generator = ModelScorer(model, precision: .bfloat16)
    let requests = Self.prompts.map { TokenizedRequest(context: $0, continuation: [3, 4]) }
    let before = generator.score(requests)
    _ = try generator.generate(Self.prompts, maximumTokens: 3) { _, _ in false }
    #expect(generator.score(requests) == before)
  }
}
