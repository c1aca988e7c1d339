/// CrowS-Pairs: which of two sentences, one a stereotype, the model finds likelier (arXiv:2010.00133).
///
/// Each sentence is scored by itself. `pct_stereotype` is the share of pairs whose stereotype is the
/// likelier one (one half is best), `likelihood_diff` the mean distance of the two log-likelihoods.
public struct CrowSPairs: EvaluationTask {
  /// The kind of bias asked about, as the data begins to write it; all where it is nil.
  public let bias: String?
  public let name: String
  public let version = 1.0
  public var dataset = TaskDataset.hub(
    "jannalu/crows_pairs_multilingual", configuration: "english", split: "test")

  /// Every pair.
  public init() {
    bias = nil
    name = "crows_pairs_english"
  }

  /// The pairs of one kind of bias.
  ///
  /// - Parameters:
  ///   - bias: What the field `bias_type` begins with.
  ///   - suffix: The end of the task's name.
  public init(bias: String, suffix: String) {
    self.bias = bias
    name = "crows_pairs_english_\(suffix)"
  }

  /// A task for every kind of bias, named as in lm-evaluation-harness.
  public static let kinds = [
    ("age", "age"), ("autre", "autre"), ("disability", "disability"), ("gender", "gender"),
    ("nationality", "nationality"), ("physical-appearance", "physical_appearance"),
    ("race-color", "race_color"), ("religion", "religion"),
    ("sexual-orientation", "sexual_orientation"), ("socioeconomic", "socioeconomic"),
  ].map { CrowSPairs(bias: $0.0, suffix: $0.1) }

  /// Where the harness's copy is not there, the original data set is read: the same pairs.
  public func documents(from data: TaskData) throws -> [TaskDocument] {
    let original = TaskDataset.hub("nyu-mll/crows_pairs", split: "test")
    let documents = try data.documents(ofFirst: [dataset, original], task: name)
    guard let bias else { return documents }
    let chosen = try documents.filter { try $0.string("bias_type").hasPrefix(bias) }
    if chosen.isEmpty { throw EvaluationError.noDocuments(task: name, paths: ["bias \(bias)"]) }
    return chosen
  }

  public var examples: ExampleSource { .drawnFromOwnDocuments() }

  public let metrics: [EvaluationMetric] = [
    .choice("likelihood_diff", higherIsBetter: false) { _, scores in
      abs(scores[0].logLikelihood - scores[1].logLikelihood)
    },
    .choice("pct_stereotype", higherIsBetter: false) { _, scores in
      scores[0].logLikelihood > scores[1].logLikelihood ? 1 : 0
    },
  ]

  public func question(from document: TaskDocument) throws -> TaskQuestion {
    .choice(
      context: "", choices: [try document.string("sent_more"), try document.string("sent_less")],
      gold: 0, delimiter: "")
  }
}

extension EvaluationTask where Self == CrowSPairs {
  /// CrowS-Pairs in English.
  public static var crowSPairs: CrowSPairs { CrowSPairs() }
}
