import Corpora
import Experiments
import Layers
import Models
import Training

extension OpenELMConfiguration {
  /// An OpenELM with what the published sizes share.
  ///
  /// The vocabulary is Llama 2's 32,000, as in the published weights. The reference trained with
  /// 32,128, because its padding is a token and its accelerators liked the multiple; here padding
  /// has no token.
  static func openELM(
    layerCount: Int, modelWidth: Int, headWidth: Int, queriesPerKeyValueHead: Int = 4,
    vocabularySize: Int = 32_000, contextLength: Int = 2_048
  ) -> OpenELMConfiguration {
    OpenELMConfiguration(
      layerCount: layerCount, modelWidth: modelWidth, headWidth: headWidth,
      queriesPerKeyValueHead: queriesPerKeyValueHead,
      attentionScale: .init(0.5...1.0), feedForwardScale: .init(0.5...4.0),
      vocabularySize: vocabularySize, contextLength: contextLength)
  }
}

extension Recipe {
  /// What the four published recipes share: 16 sequences × 8 accelerators × 16 nodes of 2,048
  /// tokens a step, 350,000 steps, 5,000 of them warm-up, the rate falling to a tenth; mixed
  /// precision with bfloat16.
  ///
  /// The corpus is the published mixture, streamed from its publishers; Llama 2's tokenizer has to be
  /// named on the command line. The reference shuffles; how far is not published.
  static func published(
    _ name: String, summary: String, model: OpenELMConfiguration, maximumLearningRate: Double
  ) -> Recipe {
    Recipe(
      name: name, summary: summary, model: model,
      tokenizer: .namedOnCommandLine, corpus: .mixture(.openELMPretraining),
      reading: CorpusReading(
        normalization: .nfc, filter: .reference,
        shuffling: .shuffled(window: 10_000), packing: .padOrTruncate),
      batching: Batching(sequenceLength: 2_048, sequencesPerStep: 2_048, sequencesPerPass: 1),
      schedule: LearningRateSchedule(warmupSteps: 5_000, maximum: maximumLearningRate),
      execution: Execution(precision: .bfloat16),
      steps: 350_000, checkpoints: CheckpointPolicy(everySteps: 5_000, keep: 5))
  }
}
