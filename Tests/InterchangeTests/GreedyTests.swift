import Interchange
import Kernels
import Layers
import Models
import Tensors
import TestSupport
import Testing

/// Writing from a cache against reading everything anew, with the reference's own models.
@Suite struct GreedyTests {
  private static let small = "fixtures/openelm-small/config.json"

  private static func best(_ scores: [Float]) -> Int32 {
    Int32(scores.indices.max { scores[$0] < scores[$1] } ?? 0)
  }

  /// The engine's continuation from a cache.
  private static func cached(
    _ decoder: OpenELMDecoder, _ prompt: [Int32], _ count: Int
  ) -> [Int32] {
    let session = decoder.makeSession(capacities: [prompt.count + count], rowsAtOnce: 1)
    session.read(prompt, sequence: 0)
    return (0..<count).map { _ in
      let token = best(session.withScores(row: 0) { Array($0) })
      session.step([DecodingRow(sequence: 0, token: token)])
      return token
    }
  }

  @Test(
    .enabled(if: SharedData.has(small), "needs the shared fixtures"),
    arguments: [WeightFormat.float32, .bfloat16, .eightBitBlocks, .fourBitBlocks])
  func cachedTokensAreThoseOfTheWholeForward(format: WeightFormat) throws {
    let contents = try ModelReader.contents(at: SharedData.path("fixtures/openelm-small"))
    let decoder = try OpenELMDecoder(
      contents.configuration, weights: contents.weights, format: format)
    var initializer = ParameterInitializer.zeros(projectionType: .float32)
    var model = contents.configuration.makeModel(&initializer)
    try model.loadWeights(from: contents.weights)
    for prompt in [[1, 450, 937, 29892], [1, 9038, 2501, 263, 931], [1]] as [[Int32]] {
      let found = Self.cached(decoder, prompt, 48)
      var tokens = prompt
      for token in found {
        let expected: [Float]
        if format == .float32 {
          // The forward pass that training uses.
          let hidden = model.hiddenStates(of: tokens, batch: 1)
          expected = linear(hidden.rows([Int32(tokens.count - 1)]), model.outputTable).scalars
        } else {
          // All tokens at once, without what was kept: training's own bfloat16 sums have another order,
          // and this model's best two scores are often nearer than their rounding.
          let session = decoder.makeSession(capacities: [tokens.count], rowsAtOnce: 1)
          session.read(tokens, sequence: 0)
          expected = session.withScores(row: 0) { Array($0) }
        }
        #expect(token == Self.best(expected), "after \(tokens.count) tokens")
        tokens.append(token)
      }
    }
  }
}
