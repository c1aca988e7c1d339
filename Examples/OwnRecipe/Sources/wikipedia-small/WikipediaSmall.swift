import Samara

extension Recipe {
  /// A recipe of one's own: the 12M model, narrower, on other text, with a tokenizer trained on it.
  static let wikipediaSmall = openELM12M.derived(
    "wikipedia-small", summary: "a narrow model on any text, with its own tokenizer"
  ) {
    $0.model = OpenELMConfiguration(
      layerCount: 4, modelWidth: 192, headWidth: 64, queriesPerKeyValueHead: 1,
      attentionScale: .init(1.0), feedForwardScale: .init(0.5...4.0), vocabularySize: 4_096,
      contextLength: 256)
    $0.tokenizer = .trained(vocabularySize: 4_096)
    $0.batching.sequenceLength = 256
    $0.steps = 500
  }
}

/// The whole command line, with this recipe and task beside the project's own.
@main enum Main {
  static func main() async { await Recipe.main([.wikipediaSmall], tasks: [Analogies()]) }
}
