import Experiments
import Models
import Training

extension Recipe {
  /// A small OpenELM that one machine can train on real text in minutes.
  ///
  /// The learning rate follows the published sizes' trend (it grows as models shrink); eight
  /// sequences a step make many updates out of few tokens.
  public static let openELM12M = Recipe(
    name: "openelm-12m", summary: "6 layers of width 256: real text on one machine in minutes",
    model: OpenELMConfiguration.openELM(
      layerCount: 6, modelWidth: 256, headWidth: 64, queriesPerKeyValueHead: 2,
      contextLength: 512),
    tokenizer: .namedOnCommandLine, corpus: .namedOnCommandLine,
    reading: CorpusReading(normalization: .nfc, filter: .none, packing: .concatenated),
    batching: Batching(sequenceLength: 512, sequencesPerStep: 8, sequencesPerPass: 8),
    schedule: LearningRateSchedule(warmupSteps: 20, maximum: 0.006),
    steps: 122, checkpoints: CheckpointPolicy(everySteps: 20, keep: 5))
}
