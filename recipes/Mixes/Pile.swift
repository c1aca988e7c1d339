import Experiments

extension [TextSource] {
  /// The deduplicated Pile (arXiv:2101.00027): 1,650 Parquet files of web pages, papers, books, code
  /// and more.
  public static let pile = [
    TextSource(
      name: "pile",
      addresses: ["hf://datasets/EleutherAI/the_pile_deduplicated/data/train-*.parquet"],
      textField: "text", weight: 207,
      license: "none for the whole: each part has its own (arXiv:2101.00027, section 7.1)")
  ]
}
