import Experiments

extension [TextSource] {
  /// RefinedWeb (arXiv:2306.01116): web pages, 5,534 Parquet files.
  ///
  /// Weights of the published mixes are billions of tokens, as OpenELM's paper counts them
  /// (arXiv:2404.14619, table 2); the mixture holds bytes of text to them.
  public static let refinedWeb = [
    TextSource(
      name: "refinedweb",
      addresses: ["hf://datasets/tiiuae/falcon-refinedweb/data/train-*.parquet"],
      textField: "content", weight: 665,
      license: "ODC-By 1.0, and Common Crawl's terms of use (the data set's card)")
  ]
}
