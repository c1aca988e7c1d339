/// LAMBADA: the last word of a passage, which only the whole passage tells (arXiv:1606.06031).
///
/// OpenAI's version of the text, cut at its last space. The word counts as found where every token
/// of it is the model's most probable one.
public struct LAMBADA: EvaluationTask {
  public let name = "lambada_openai"
  public let version = 1.0
  public var dataset = TaskDataset.hub(
    "EleutherAI/lambada_openai", configuration: "default", split: "test")
  public let metrics: [EvaluationMetric] = [.perplexity, .greedyAccuracy]

  public init() {}

  public var examples: ExampleSource { .drawn(from: dataset) }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    let scalars = try document.string("text").unicodeScalars
    guard let space = scalars.lastIndex(of: " ") else {
      // A single word: all of it is the target, nothing the context.
      return .completion(
        Completion(context: "", continuation: " " + String(scalars)))
    }
    return .completion(
      Completion(
        context: String(String.UnicodeScalarView(scalars[..<space])),
        continuation: String(String.UnicodeScalarView(scalars[space...]))))
  }
}

extension EvaluationTask where Self == LAMBADA {
  /// LAMBADA in OpenAI's version.
  public static var lambada: LAMBADA { LAMBADA() }
}
