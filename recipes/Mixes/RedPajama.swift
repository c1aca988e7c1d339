import Experiments

extension [TextSource] {
  /// The parts of RedPajama's first version (arXiv:2411.12372) that OpenELM was trained on, as JSON
  /// lines listed by their publisher.
  ///
  /// The paper also had 26 billion tokens of books, which the publisher has since withdrawn.
  public static let redPajama = [
    redPajama("github", weight: 59, license: "MIT, BSD or Apache 2.0, by repository"),
    redPajama("arxiv", weight: 28, license: "arXiv's terms of use; each paper has its own licence"),
    redPajama("wikipedia", weight: 24, license: "CC BY-SA 3.0"),
    redPajama("stackexchange", weight: 20, license: "CC BY-SA, by date of the post"),
    redPajama("c4", weight: 175, license: "ODC-By 1.0, and Common Crawl's terms of use"),
  ]

  private static func redPajama(
    _ part: String, weight: Double, license: String
  ) -> TextSource {
    TextSource(
      name: "redpajama-\(part)",
      addresses: ["list:https://data.together.xyz/redpajama-data-1T/v1.0.0/urls.txt#/\(part)/"],
      textField: "text", weight: weight, license: "\(license) (the data set's card)")
  }
}
