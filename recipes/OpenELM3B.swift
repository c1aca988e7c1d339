import Experiments
import Models

extension Recipe {
  /// OpenELM-3B pretraining (arXiv:2404.14619; CoreNet's `openelm_3B.yaml`).
  public static let openELM3B = published(
    "openelm-3b", summary: "OpenELM-3B as published: 350,000 steps of 4.2M tokens",
    model: OpenELMConfiguration.openELM(layerCount: 36, modelWidth: 3_072, headWidth: 128),
    maximumLearningRate: 0.0012)
}
