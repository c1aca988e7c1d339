import Experiments
import Models
import Training

extension Recipe {
  /// The embedded default: everything it needs, the project makes itself.
  ///
  /// Sized so that two cores train it in about two minutes to answer questions about who is where
  /// and who holds what in stories that it has not seen.
  public static let seedling = Recipe(
    name: "seedling", summary: "embedded stories, 4 layers of width 128: minutes on any machine",
    model: OpenELMConfiguration(
      layerCount: 4, modelWidth: 128, headWidth: 32, queriesPerKeyValueHead: 1,
      attentionScale: .init(1.0), feedForwardScale: .init(1.0...3.0), feedForwardDivisor: 64,
      vocabularySize: 768, contextLength: 128),
    tokenizer: .trained(vocabularySize: 768), corpus: .stories(),
    reading: CorpusReading(normalization: .none, filter: .none, packing: .concatenated),
    batching: Batching(sequenceLength: 128, sequencesPerStep: 32, sequencesPerPass: 32),
    schedule: LearningRateSchedule(warmupSteps: 40, maximum: 0.005),
    steps: 700, checkpoints: CheckpointPolicy(everySteps: 50, keep: 5))
}
