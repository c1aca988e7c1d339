import Experiments
import Models
import Training

extension Recipe {
  /// The embedded default: everything it needs, the project makes itself.
  ///
  /// Sized so that two cores train it in about two minutes to answer questions about who is where
  /// and who has what in stories that it has not seen. The rate, the small steps and the length of
  /// a row were searched for: `docs/log.md` tells what did not work.
  public static let seedling = Recipe(
    name: "seedling", summary: "embedded stories, 4 layers of width 128: minutes on any machine",
    model: OpenELMConfiguration(
      layerCount: 4, modelWidth: 128, headWidth: 32, queriesPerKeyValueHead: 1,
      attentionScale: .init(1.0), feedForwardScale: .init(1.0...3.0), feedForwardDivisor: 64,
      vocabularySize: 600, contextLength: 256),
    tokenizer: .trained(vocabularySize: 600), corpus: .stories(),
    reading: CorpusReading(normalization: .none, filter: .none, packing: .concatenated),
    batching: Batching(sequenceLength: 256, sequencesPerStep: 4, sequencesPerPass: 4),
    schedule: LearningRateSchedule(warmupSteps: 40, maximum: 0.002),
    steps: 3_600, checkpoints: CheckpointPolicy(everySteps: 200, keep: 5),
    evaluation: RecipeEvaluation(
      tasks: ["stories"], heldOutText: .stories, everySteps: 600, documentLimit: 100))
}
