import Experiments

extension [TextSource] {
  /// What OpenELM was pretrained on: 1.8 trillion tokens of RefinedWeb, the deduplicated Pile, a
  /// subset of RedPajama and a subset of Dolma v1.6 (arXiv:2404.14619, table 2; CoreNet's
  /// `projects/openelm/README-pretraining.md`).
  ///
  /// Accept each data set's licence before using it; gated ones need `HF_TOKEN`.
  public static let openELMPretraining = refinedWeb + pile + redPajama + dolma
}
