import Foundation
import Models
import TestSupport
import Testing

@Suite struct PublishedSizesTests {
  private static func published(_ layers: Int, _ width: Int, _ head: Int) -> OpenELMConfiguration {
    OpenELMConfiguration(
      layerCount: layers, modelWidth: width, headWidth: head, queriesPerKeyValueHead: 4,
      attentionScale: .init(0.5...1.0), feedForwardScale: .init(0.5...4.0),
      vocabularySize: 32_000, contextLength: 2_048)
  }

  private static let sizes: [(name: String, configuration: OpenELMConfiguration, count: Int)] = [
    ("270M", published(16, 1_280, 64), 271_527_168),
    ("450M", published(20, 1_536, 64), 457_179_136),
    ("1.1B", published(28, 2_048, 64), 1_079_891_456),
    ("3B", published(36, 3_072, 128), 3_036_647_424),
  ]

  @Test func parameterCounts() {
    for (name, configuration, count) in Self.sizes {
      #expect(configuration.parameterCount == count, "\(name)")
    }
  }

  @Test func the270MsLayers() {
    let layers = Self.sizes[0].configuration.layers
    #expect(
      layers.map(\.attention.queryHeads)
        == [12, 12, 12, 12, 12, 16, 16, 16, 16, 16, 16, 16, 20, 20, 20, 20])
    #expect(
      layers.map(\.feedForwardWidth) == [
        768, 1_024, 1_280, 1_536, 1_792, 2_048, 2_560, 2_816, 3_072, 3_328, 3_584, 3_840, 4_352,
        4_608, 4_864, 5_120,
      ])
  }

  @Test(
    .enabled(
      if: SharedData.has("fixtures/openelm-recipes.json"), "needs the shared reference values"))
  func everyLayerOfEverySize() throws {
    let path = SharedData.path("fixtures/openelm-recipes.json")
    let root = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
    let sizes = try #require((root as? [String: Any])?["sizes"] as? [String: [String: Any]])
    for (name, configuration, _) in Self.sizes {
      let expected = try #require(sizes[name])
      let layers = configuration.layers
      #expect(layers.map(\.attention.queryHeads) == expected["num_query_heads"] as? [Int])
      #expect(layers.map(\.attention.keyValueHeads) == expected["num_kv_heads"] as? [Int])
      #expect(layers.map(\.feedForwardWidth) == expected["ffn_dims"] as? [Int])
      var padded = configuration
      padded.vocabularySize = 32_128
      let counts = expected["parameters"] as? [String: Int]
      #expect(padded.parameterCount == counts?["vocab_32128"])
    }
  }
}
