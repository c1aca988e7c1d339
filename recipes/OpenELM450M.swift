import Experiments
import Models

extension Recipe {
  /// OpenELM-450M pretraining (arXiv:2404.14619; CoreNet's `openelm_450M.yaml`).
  public static let openELM450M = published(
    "openelm-450m", summary: "OpenELM-450M as published: 350,000 steps of 4.2M tokens",
    model: OpenELMConfiguration.openELM(layerCount: 20, modelWidth: 1_536, headWidth: 64),
    maximumLearningRate: 0.0039)
}
