import Evaluation
import Foundation

/// Results made up for the tests of what is done with results.
enum SampleResults {
  static let arcAndNovels: [EvaluationResult] = [
    EvaluationResult(
      task: "arc_easy", version: 1,
      dataset: .hub("allenai/ai2_arc", configuration: "ARC-Easy", split: "test"),
      documentCount: 2_376, chance: 0.25,
      metrics: [
        .init(name: "acc", value: 0.431, standardError: 0.0102, higherIsBetter: true),
        .init(name: "acc_norm", value: 0.4, standardError: nil, higherIsBetter: true),
      ]),
    novels(bitsPerByte: 2),
  ]

  static func novels(bitsPerByte: Double) -> EvaluationResult {
    EvaluationResult(
      task: "novels", version: 1, dataset: nil, documentCount: 3, chance: nil,
      outputType: "loglikelihood_rolling",
      metrics: [
        .init(
          name: "bits_per_byte", value: bitsPerByte, standardError: nil, higherIsBetter: false,
          aggregation: .bitsPerByte),
        .init(
          name: "byte_perplexity", value: exp2(bitsPerByte), standardError: nil,
          higherIsBetter: false, aggregation: .weightedPerplexity),
      ])
  }

  /// A group above its two tasks.
  static func group(shots: Int) -> [EvaluationResult] {
    func metric(_ value: Double, _ error: Double) -> [EvaluationResult.Metric] {
      [.init(name: "acc", value: value, standardError: error, higherIsBetter: true)]
    }
    func task(_ alias: String, _ value: Double, _ error: Double) -> EvaluationResult {
      EvaluationResult(
        task: "mmlu_\(alias)", alias: alias, version: 1,
        dataset: .hub("cais/mmlu", configuration: alias, split: "test"), shots: shots,
        documentCount: 100, chance: 0.25, metrics: metric(value, error), exampleSplit: "dev",
        preamble: "About \(alias).\n\n")
    }
    return [
      EvaluationResult(
        task: "mmlu", version: 2, dataset: nil, shots: shots, documentCount: 200, chance: 0.25,
        outputType: nil, metrics: metric(0.3, 0.03), members: ["mmlu_anatomy", "mmlu_virology"]),
      task("anatomy", 0.28, 0.04), task("virology", 0.32, 0.05),
    ]
  }

  /// A task whose answers are read by two filters.
  static let generation = EvaluationResult(
    task: "gsm8k", version: 3, dataset: .hub("openai/gsm8k", configuration: "main", split: "test"),
    shots: 5, documentCount: 100, chance: nil, outputType: "generate_until",
    metrics: [
      .init(
        name: "exact_match", filter: "strict-match", value: 0.01, standardError: 0.01,
        higherIsBetter: true),
      .init(
        name: "exact_match", filter: "flexible-extract", value: 0.02, standardError: 0.014,
        higherIsBetter: true),
    ])

  /// The seven tasks of the published table with `acc` of `score`, and `acc_norm` a hundredth above.
  static func zeroShot(_ score: Double) -> [EvaluationResult] {
    [
      ("arc_challenge", 0.25), ("arc_easy", 0.25), ("boolq", 0.5), ("hellaswag", 0.25),
      ("piqa", 0.5), ("sciq", 0.25), ("winogrande", 0.5),
    ].map { task, chance in
      var metrics = [
        EvaluationResult.Metric(
          name: "acc", value: score, standardError: 0.01, higherIsBetter: true)
      ]
      if task != "boolq", task != "winogrande" {
        metrics.append(
          .init(
            name: "acc_norm", value: score + 0.01, standardError: 0.01, higherIsBetter: true))
      }
      return EvaluationResult(
        task: task, version: 1, dataset: .hub("owner/\(task)", split: "validation"),
        documentCount: 1_000, chance: chance, metrics: metrics)
    }
  }

  /// A results file as `samara report` reads it.
  static func file(
    _ results: [EvaluationResult], name: String = "books", step: Int? = nil, tokens: Int? = nil,
    parameterCount: Int? = nil, path: String = "results.json"
  ) throws -> EvaluationResultsFile {
    let report = EvaluationReport(
      results: results,
      model: EvaluatedModel(
        name: name, step: step, tokens: tokens, parameterCount: parameterCount))
    return try EvaluationResultsFile(bytes: Array(report.json()), path: path)
  }

  /// A result with samples: a task of each kind of request.
  static func sampled() -> [EvaluationResult] {
    func document(_ index: Int) -> TaskDocument {
      TaskDocument(
        fields: [
          "text": .string("a \"quoted\"\nline \u{1} é \(index)"), "choices": ["yes", "no"],
          "nested": ["b": .null, "a": 1.5],
        ],
        location: DocumentLocation(task: "own", path: "own.jsonl", line: index + 1))
    }
    func result(
      _ task: String, _ outputType: String, _ metrics: [EvaluationResult.Metric],
      _ samples: [(TaskQuestion, TaskAnswer, [MetricValue])]
    ) -> EvaluationResult {
      EvaluationResult(
        task: task, version: 1, dataset: .hub("owner/own", split: "test"),
        documentCount: samples.count, splitCount: 40, chance: nil, outputType: outputType,
        metrics: metrics,
        samples: samples.enumerated().map { index, sample in
          .init(
            index: 40 + index,
            answered: AnsweredDocument(
              document: document(index), question: sample.0, answer: sample.1),
            values: sample.2)
        })
    }
    func metric(
      _ name: String, filter: String = "none", _ aggregation: MetricAggregation = .mean
    ) -> EvaluationResult.Metric {
      .init(
        name: name, filter: filter, value: 0.5, standardError: 0.1,
        higherIsBetter: aggregation == .mean, aggregation: aggregation)
    }
    let scores = [
      RequestScore(logLikelihood: -1.5, isGreedy: true),
      RequestScore(logLikelihood: -112.113_265_991_210_94, isGreedy: false),
    ]
    return [
      result(
        "own_choice", "multiple_choice", [metric("acc"), metric("acc_norm")],
        [
          (
            .choice(context: "Is it?", choices: ["yes", "no"], gold: 1), .scores(scores),
            [.number(0), .number(1)]
          ),
          (
            .choice(contexts: ["So Ann", "So Bea"], continuation: " went home. ", gold: 0),
            .scores(scores), [.number(1), .number(1)]
          ),
        ]),
      result(
        "own_completion", "loglikelihood", [metric("acc")],
        [
          (
            .completion(Completion(context: "One and", continuation: " two")),
            .scores([scores[0]]), [.number(1)]
          )
        ]),
      result(
        "own_text", "loglikelihood_rolling", [metric("bits_per_byte", .bitsPerByte)],
        [(.text("A whole text."), .scores([scores[1]]), [.weighted(sum: -112.5, weight: 13)])]),
      result(
        "own_generation", "generate_until",
        [
          metric("exact_match", filter: "strict-match"),
          metric("exact_match", filter: "flexible-extract"),
        ],
        [
          (
            .generation(
              GenerationQuestion(
                context: "2 + 2 =", reference: "4", stops: ["\n"], maximumTokens: 8)),
            .text(" 4."), [.number(0), .number(1)]
          )
        ]),
    ]
  }
}
