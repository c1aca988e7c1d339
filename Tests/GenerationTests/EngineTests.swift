import Generation
import Kernels
import Layers
import Models
import Testing

/// Writing with OpenELM's own engine: what a text becomes depends on nothing beside it.
@Suite struct EngineTests {
  private static let configuration = OpenELMConfiguration(
    layerCount: 2, modelWidth: 64, headWidth: 16, queriesPerKeyValueHead: 2,
    attentionScale: .init(0.5...1), feedForwardScale: .init(0.5...2), feedForwardDivisor: 32,
    vocabularySize: 288, contextLength: 96)

  private static func decoder(_ format: WeightFormat, seed: UInt64 = 5) throws -> OpenELMDecoder {
    var initializer = ParameterInitializer(seed: seed)
    let model = configuration.makeModel(&initializer)
    return try OpenELMDecoder(configuration, weights: ParameterWeights(model), format: format)
  }

  private static let prompts: [[Int32]] = [
    [256, 1, 2, 3], [256], [256] + Array(repeating: 7, count: 40), [256, 9, 9, 8, 9, 9],
    Array(20..<37),
  ]

  private static func texts(
    _ decoder: OpenELMDecoder, _ prompts: [[Int32]], _ sampling: SamplingOptions,
    drafting: Drafting = .none
  ) throws -> [[Int32]] {
    let writer = TextWriter(
      decoder, tokenizer: ByteTokenizer(),
      options: WritingOptions(
        sampling: sampling, maximumTokens: 40, endTokens: [257], sequencesAtOnce: 3),
      drafting: drafting)
    return try writer.texts(continuing: prompts).map(\.tokens)
  }

  private static let sampling = [
    SamplingOptions(), SamplingOptions(temperature: 1, topP: 0.95, repetitionPenalty: 1.1, seed: 2),
  ]

  /// Not to the last decimal alone: the tokens, in every type.
  @Test(arguments: [WeightFormat.float32, .bfloat16, .eightBitBlocks, .fourBitBlocks], sampling)
  func aTextIsTheSameAloneAndBesideOthers(
    format: WeightFormat, sampling: SamplingOptions
  ) throws {
    let decoder = try Self.decoder(format)
    let together = try Self.texts(decoder, Self.prompts, sampling)
    for (prompt, tokens) in zip(Self.prompts, together) {
      #expect(try Self.texts(decoder, [prompt], sampling) == [tokens])
      #expect(tokens.allSatisfy { $0 < 257 })
    }
  }

  @Test(arguments: [WeightFormat.float32, .bfloat16, .eightBitBlocks, .fourBitBlocks], sampling)
  func guessingChangesNoToken(format: WeightFormat, sampling: SamplingOptions) throws {
    let decoder = try Self.decoder(format)
    let plain = try Self.texts(decoder, Self.prompts, sampling)
    for drafting in [
      Drafting.promptLookup(tokens: 6), .model(try Self.decoder(.fourBitBlocks), tokens: 6),
      .model(try Self.decoder(.bfloat16, seed: 6), tokens: 3),
    ] {
      #expect(try Self.texts(decoder, Self.prompts, sampling, drafting: drafting) == plain)
    }
  }

  /// The cached greedy continuation is the forward pass's, which sees all tokens anew each time.
  @Test func greedyIsTheForwardPass() throws {
    var initializer = ParameterInitializer(seed: 5)
    let model = Self.configuration.makeModel(&initializer)
    for prompt in Self.prompts.dropLast() {
      let written = try Self.texts(try Self.decoder(.float32), [prompt], SamplingOptions())[0]
      var tokens = prompt
      for token in written {
        let hidden = model.logits(of: tokens, batch: 1).scalars.suffix(288).prefix(258)
        let expected = hidden.indices.max { hidden[$0] < hidden[$1] }.map { $0 - hidden.startIndex }
        #expect(expected == Int(token))
        tokens.append(token)
      }
    }
  }
}
