import Kernels
import Layers
import Models
import Synchronization
import Tensors
import Testing

/// Writing from caches against the forward pass that training uses.
@Suite struct OpenELMDecoderTests {
  /// Odd widths of heads' groups, a feed-forward width that is no multiple of 16 in one of them.
  private static let configurations = [
    OpenELMConfiguration(
      layerCount: 3, modelWidth: 64, headWidth: 16, queriesPerKeyValueHead: 2,
      attentionScale: .init(0.5...1), feedForwardScale: .init(0.5...4), feedForwardDivisor: 32,
      vocabularySize: 101, contextLength: 64),
    OpenELMConfiguration(
      layerCount: 2, modelWidth: 96, headWidth: 32, queriesPerKeyValueHead: 3,
      attentionScale: .init(1), feedForwardScale: .init(1.5), feedForwardDivisor: 8,
      vocabularySize: 67, contextLength: 64, sharesInputAndOutput: false,
      normalizesQueriesAndKeys: false),
  ]

  private static func model(_ configuration: OpenELMConfiguration) -> OpenELM {
    var initializer = ParameterInitializer(seed: 3)
    return configuration.makeModel(&initializer)
  }

  private static func decoder(
    _ configuration: OpenELMConfiguration, _ format: WeightFormat
  ) throws -> OpenELMDecoder {
    try OpenELMDecoder(
      configuration, weights: ParameterWeights(model(configuration)), format: format)
  }

  private static func tokens(_ count: Int, _ configuration: OpenELMConfiguration) -> [Int32] {
    (0..<count).map { Int32(($0 * 37 + 11) % configuration.vocabularySize) }
  }

  private func scores(_ session: any DecodingSession, row: Int = 0) -> [Float] {
    session.withScores(row: row) { Array($0) }
  }

  private func differences(_ a: [Float], _ b: [Float]) -> Int {
    zip(a, b).count { $0.bitPattern != $1.bitPattern } + abs(a.count - b.count)
  }

  /// The training's own scores after the last token.
  private func uncached(
    _ model: OpenELM, _ tokens: [Int32], _ precision: Precision = .float32
  ) -> [Float] {
    var model = model
    model.execution = Execution(precision: precision)
    let hidden = model.hiddenStates(of: tokens, batch: 1)
    return linear(hidden.rows([Int32(tokens.count - 1)]), model.outputTable).scalars
  }

  @Test(arguments: [0, 1])
  func float32ScoresAreThoseOfTheForwardPass(index: Int) throws {
    let configuration = Self.configurations[index]
    let model = Self.model(configuration)
    let session = try Self.decoder(configuration, .float32)
      .makeSession(capacities: [40], rowsAtOnce: 1)
    var tokens = Self.tokens(17, configuration)
    session.read(tokens, sequence: 0)
    for next in Self.tokens(20, configuration) {
      let expected = uncached(model, tokens)
      let largest = zip(scores(session), expected).map { abs($0 - $1) }.max() ?? .infinity
      // Sums of up to 256 products in another order.
      #expect(largest < 2e-5)
      tokens.append(next)
      session.step([DecodingRow(sequence: 0, token: next)])
    }
    #expect(session.counts == [37])
  }

  /// Both round at the same places and add in the same order.
  @Test(
    .enabled(if: PairedProduct.hasNativeInstructions, "sums of pairs are of the processor's"),
    arguments: [0, 1], [WeightFormat.bfloat16, .eightBitBlocks, .fourBitBlocks])
  func stepsAndPromptsHaveTheSameBits(index: Int, format: WeightFormat) throws {
    let configuration = Self.configurations[index]
    let decoder = try Self.decoder(configuration, format)
    let tokens = Self.tokens(30, configuration)
    let stepped = decoder.makeSession(capacities: [30], rowsAtOnce: 1)
    for (count, token) in tokens.enumerated() {
      stepped.step([DecodingRow(sequence: 0, token: token)])
      let whole = decoder.makeSession(capacities: [30], rowsAtOnce: 1)
      whole.read(Array(tokens[...count]), sequence: 0)
      #expect(differences(scores(stepped), scores(whole)) == 0, "after \(count + 1) tokens")
    }
  }

  /// What is drafted is judged by the same bits as what is written token by token.
  @Test(arguments: [WeightFormat.float32, .bfloat16, .eightBitBlocks, .fourBitBlocks])
  func aRowsScoresDoNotDependOnOtherRows(format: WeightFormat) throws {
    let configuration = Self.configurations[0]
    let decoder = try Self.decoder(configuration, format)
    let tokens = Self.tokens(24, configuration)
    let alone = decoder.makeSession(capacities: [40], rowsAtOnce: 1)
    let together = decoder.makeSession(capacities: [40, 40, 40], rowsAtOnce: 8)
    alone.read(Array(tokens[..<9]), sequence: 0)
    together.read(Array(tokens[5..<9]), sequence: 2)
    together.read(Array(tokens[..<9]), sequence: 1)
    var expected: [[Float]] = []
    for token in tokens[9..<14] {
      alone.step([DecodingRow(sequence: 0, token: token)])
      expected.append(scores(alone))
    }
    together.step(
      [DecodingRow(sequence: 2, token: 7)]
        + tokens[9..<14].map { DecodingRow(sequence: 1, token: $0) }
        + [DecodingRow(sequence: 0, token: 5)])
    for (index, row) in expected.enumerated() {
      #expect(differences(scores(together, row: index + 1), row) == 0)
    }
    // Rejected tokens are cut off, and others take their places.
    together.cut(sequence: 1, to: 11)
    alone.cut(sequence: 0, to: 11)
    for token in tokens[14..<20] {
      alone.step([DecodingRow(sequence: 0, token: token)])
      together.step([
        DecodingRow(sequence: 1, token: token), DecodingRow(sequence: 0, token: 9),
      ])
      #expect(differences(scores(alone), scores(together)) == 0)
    }
    #expect(together.counts == [7, 17, 5])
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() throws {
    let configuration = Self.configurations[0]
    let tokens = Self.tokens(12, configuration)
    func run(_ format: WeightFormat) throws -> [Float] {
      let session = try Self.decoder(configuration, format)
        .makeSession(capacities: [20], rowsAtOnce: 1)
      for token in tokens { session.step([DecodingRow(sequence: 0, token: token)]) }
      return scores(session)
    }
    for format in [WeightFormat.bfloat16, .fourBitBlocks] {
      let expected = try run(format)
      #expect(!expected.contains { !$0.isFinite })
      // Inside a loop of the pool a team is one member.
      let found = Mutex<[[Float]]>([])
      ThreadPool.shared.forEach(2) { _ in
        let scores = try? run(format)
        found.withLock { $0.append(scores ?? []) }
      }
      for scores in found.withLock({ $0 }) {
        #expect(differences(scores, expected) == 0, "\(format)")
      }
    }
  }

  /// Quantized scores stay near the exact ones: 0.04 and 0.46 of their deviation were seen, of weights
  /// without any structure.
  @Test func quantizedScoresAreNear() throws {
    let configuration = Self.configurations[0]
    let model = Self.model(configuration)
    let tokens = Self.tokens(16, configuration)
    let exact = uncached(model, tokens)
    let deviation = (exact.map { $0 * $0 }.reduce(0, +) / Float(exact.count)).squareRoot()
    for (format, bound) in [(WeightFormat.eightBitBlocks, 0.06), (.fourBitBlocks, 0.7)] {
      let session = try Self.decoder(configuration, format)
        .makeSession(capacities: [20], rowsAtOnce: 1)
      session.read(tokens, sequence: 0)
      let errors = zip(scores(session), exact).map { ($0 - $1) * ($0 - $1) }
      let error = (errors.reduce(0, +) / Float(exact.count)).squareRoot()
      #expect(Double(error / deviation) < bound, "\(format)")
      #expect(error > 0)
    }
  }

  @Test func wrongWeightsAreNamed() throws {
    var other = Self.configurations[0]
    other.vocabularySize = 99
    let weights = ParameterWeights(Self.model(Self.configurations[0]), path: "a.safetensors")
    #expect(
      throws: WeightError.wrongShape(
        path: "a.safetensors", weight: "token_embeddings.weight", expected: [99, 64],
        found: [101, 64])
    ) { try OpenELMDecoder(other, weights: weights, format: .float32) }
    var tied = Self.configurations[1]
    tied.sharesInputAndOutput = true
    let untied = ParameterWeights(Self.model(Self.configurations[1]), path: "b.safetensors")
    #expect(
      throws: WeightError.unexpected(
        path: "b.safetensors", weight: "classifier.weight", shape: [67, 96])
    ) { try OpenELMDecoder(tied, weights: untied, format: .float32) }
  }
}
