/// WikiText-2: how well a model predicts articles of an encyclopedia (arXiv:1609.07843).
///
/// Each article's tokenized spelling is undone before it is scored; words and bytes are counted in the
/// article as it was, so that figures compare with those of other tokenizers.
public struct WikiText: EvaluationTask {
  public let name = "wikitext"
  public let version = 2.0
  public var dataset = TaskDataset.hub(
    "EleutherAI/wikitext_document_level", configuration: "wikitext-2-raw-v1", split: "test")
  public let metrics = EvaluationMetric.perplexities { try $0.document.string("page") }
  public let shots = ShotCount.fixed(0)

  public init() {}

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    .text(WikiTextDetokenizer.detokenize(try document.string("page")))
  }
}

extension EvaluationTask where Self == WikiText {
  /// WikiText-2.
  public static var wikiText: WikiText { WikiText() }
}
