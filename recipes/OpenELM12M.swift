import Experiments
import Models
import Training

extension Recipe {
  /// A small OpenELM that one machine can train on real text in minutes.
  ///
  /// The learning rate follows the published sizes' trend (it grows as models shrink); four
  /// sequences a step make many updates out of few tokens: with eight, half a million tokens end
  /// 0.2 nats higher (`docs/log.md`).
  public static let openELM12M = Recipe(
    name: "openelm-12m", summary: "6 layers of width 256: real text on one machine in minutes",
    model: OpenELMConfiguration.openELM(
      layerCount: 6, modelWidth: 256, headWidth: 64, queriesPerKeyValueHead: 2,
      contextLength: 512),
    tokenizer: .namedOnCommandLine, corpus: .namedOnCommandLine,
    reading: CorpusReading(normalization: .nfc, filter: .none, packing: .concatenated),
    batching: Batching(sequenceLength: 512, sequencesPerStep: 4, sequencesPerPass: 4),
    schedule: LearningRateSchedule(warmupSteps: 20, maximum: 0.006),
    steps: 244, checkpoints: CheckpointPolicy(everySteps: 40, keep: 5))
}
