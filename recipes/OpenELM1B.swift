import Experiments
import Models

extension Recipe {
  /// OpenELM-1.1B pretraining (arXiv:2404.14619; CoreNet's `openelm_1_1B.yaml`).
  public static let openELM1B = published(
    "openelm-1.1b", summary: "OpenELM-1.1B as published: 350,000 steps of 4.2M tokens",
    model: OpenELMConfiguration.openELM(layerCount: 28, modelWidth: 2_048, headWidth: 64),
    maximumLearningRate: 0.0024)
}
