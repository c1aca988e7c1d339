import Experiments
import Models

extension Recipe {
  /// OpenELM-270M pretraining (arXiv:2404.14619; CoreNet's `openelm_270M.yaml`).
  public static let openELM270M = published(
    "openelm-270m", summary: "OpenELM-270M as published: 350,000 steps of 4.2M tokens",
    model: OpenELMConfiguration.openELM(layerCount: 16, modelWidth: 1_280, headWidth: 64),
    maximumLearningRate: 0.0053)
}
