import Interchange
import Layers
import Models
import Testing

/// Configurations from the shapes of their own weights.
@Suite struct LayerScaleFitTests {
  private static func published(
    _ layers: Int, _ width: Int, head: Int
  ) -> OpenELMConfiguration {
    OpenELMConfiguration(
      layerCount: layers, modelWidth: width, headWidth: head, queriesPerKeyValueHead: 4,
      attentionScale: .init(0.5...1.0), feedForwardScale: .init(0.5...4.0),
      vocabularySize: 32_128, contextLength: 2_048)
  }

  /// arXiv:2404.14619, table 9: 270M, 450M, 1.1B and 3B.
  @Test(arguments: [
    published(16, 1_280, head: 64), published(20, 1_536, head: 64), published(28, 2_048, head: 64),
    published(36, 3_072, head: 128),
  ]) func thePublishedSizesAreFoundExactly(_ configuration: OpenELMConfiguration) throws {
    let found = try CoreNetShapes(CountingWeights(configuration), headWidth: nil)
      .configuration(contextLength: 2_048)
    #expect(found == configuration)
  }

  @Test(
    arguments: [
      (OpenELMConfiguration.LayerScale(1), OpenELMConfiguration.LayerScale(3)),
      (.init(0.25...0.75), .init(1...2)), (.init(first: 1.5, last: 0.5), .init(0.37...3.21)),
      (.init(0.5...1), .init(first: 4, last: 0.5)),
    ] as [(OpenELMConfiguration.LayerScale, OpenELMConfiguration.LayerScale)])
  func straightLinesGiveTheSameLayers(
    _ attention: OpenELMConfiguration.LayerScale, _ feedForward: OpenELMConfiguration.LayerScale
  ) throws {
    var configuration = Self.published(12, 512, head: 32)
    configuration.attentionScale = attention
    configuration.feedForwardScale = feedForward
    let found = try CoreNetShapes(CountingWeights(configuration), headWidth: nil)
      .configuration(contextLength: 2_048)
    #expect(found.layers == configuration.layers)
    #expect(found.attentionScale.each == nil && found.feedForwardScale.each == nil)
  }

  @Test func widthsWithoutARuleKeepEachTheirOwn() throws {
    var configuration = Self.published(4, 512, head: 32)
    configuration.feedForwardScale = .init(each: [1, 4, 0.5, 2.5])
    let found = try CoreNetShapes(CountingWeights(configuration), headWidth: nil)
      .configuration(contextLength: 2_048)
    #expect(found.layers == configuration.layers)
    #expect(found.feedForwardScale.each == [1, 4, 0.5, 2.5])
  }
}
