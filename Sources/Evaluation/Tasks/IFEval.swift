import Foundation

/// IFEval: prompts whose instructions a program can check (arXiv:2311.07911).
///
/// The prompt stands by itself. Every instruction is checked strictly, in the response as it is, and
/// loosely, in any of eight readings of it; a prompt counts where all of its instructions are followed,
/// or each instruction counts for itself.
public struct IFEval: EvaluationTask {
  public let name = "ifeval"
  public let version = 4.0
  public var dataset = TaskDataset.hub("google/IFEval", split: "train")
  public let shots = ShotCount.fixed(0)

  public init() {}

  public let metrics: [EvaluationMetric] = [
    metric("prompt_level_strict_acc") { .number($0.followsAllStrictly ? 1 : 0) },
    metric("inst_level_strict_acc", .meanOfParts) { .parts($0.strict.map { $0 ? 1 : 0 }) },
    metric("prompt_level_loose_acc") { .number($0.followsAllLoosely ? 1 : 0) },
    metric("inst_level_loose_acc", .meanOfParts) { .parts($0.loose.map { $0 ? 1 : 0 }) },
  ]

  private static func metric(
    _ name: String, _ aggregation: MetricAggregation = .mean,
    _ value: @escaping @Sendable (InstructionOutcome) -> MetricValue
  ) -> EvaluationMetric {
    EvaluationMetric(name: name, aggregation: aggregation) { answered in
      value(try instructions(of: answered.document).judge(answered.answer.text))
    }
  }

  private static func instructions(of document: TaskDocument) throws -> InstructionList {
    try InstructionList(
      ids: document.strings("instruction_id_list"),
      arguments: decoded(document, "kwargs").objects("kwargs").map(\.fields),
      location: document.location)
  }

  /// The document with a field that may be a text of JSON, as some copies of the data have it, decoded.
  private static func decoded(_ document: TaskDocument, _ field: String) throws -> TaskDocument {
    guard case .string(let text)? = document.fields[field] else { return document }
    var document = document
    do {
      document.fields[field] = try JSONDecoder().decode(DocumentValue.self, from: Data(text.utf8))
    } catch {
      throw document.invalidValue(field, expected: "a list of objects, or JSON of one")
    }
    return document
  }

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    // Instructions that cannot be checked are found before anything is generated.
    _ = try Self.instructions(of: document)
    return .generation(
      GenerationQuestion(context: try document.string("prompt"), maximumTokens: 1_280))
  }
}

extension EvaluationTask where Self == IFEval {
  /// IFEval.
  public static var ifEval: IFEval { IFEval() }
}
