import Experiments

extension [TextSource] {
  /// The parts of Dolma v1.6 (arXiv:2402.00159) that OpenELM was trained on, as JSON lines in gzip
  /// listed by their publisher.
  public static let dolma = [
    dolma("stack", directory: "stack", weight: 411),
    dolma("reddit", directory: "reddit", weight: 89),
    dolma("pes2o", directory: "pes2o", weight: 70),
    dolma("gutenberg", directory: "books", weight: 6),
    dolma("wiki", directory: "wiki", weight: 4.3),
  ]

  private static func dolma(_ part: String, directory: String, weight: Double) -> TextSource {
    TextSource(
      name: "dolma-\(part)",
      addresses: ["list:hf://datasets/allenai/dolma/urls/v1_6.txt#/\(directory)"],
      textField: "text", weight: weight,
      license: "ODC-By 1.0 since April 2024 (the data set's card); its sources' terms apply too")
  }
}
