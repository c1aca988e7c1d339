import Transfers

/// A document's answer as lm-evaluation-harness logs it: one line a document and filter.
///
/// The keys, their order and their types are those of `lm_eval/result_schema.py` and of what
/// `EvaluationTracker.save_results_samples` makes of them: responses are texts, with Python's `True` and
/// `False`. `prompt_hash` and `target_hash` are SHA-256 of the same texts as the harness's. `doc_hash` tells
/// documents apart but is a number of its own: the harness's depends on the order of a row's columns and on
/// columns that its tasks add.
struct SampleRecord {
  let sample: EvaluationResult.Sample
  let metrics: [EvaluationResult.Metric]
  let filter: String
  /// The task's key in the results, where the log holds several tasks.
  let task: String?

  var value: PythonJSON {
    let own = metrics.indices.filter { metrics[$0].filter == filter }
    let target = Self.target(of: sample.answered.question)
    let document = PythonJSON(fields: sample.answered.document.fields)
    let arguments = Self.arguments(of: sample.answered.question)
    var entries: [(key: String, value: PythonJSON)] = []
    if let task { entries.append(("task", .string(task))) }
    entries += [
      ("doc_id", .integer(sample.index)), ("doc", document), ("target", .string(target)),
      (
        "arguments",
        .object(
          arguments.enumerated().map { index, argument in
            (
              "gen_args_\(index)",
              .object(argument.enumerated().map { ("arg_\($0.offset)", $0.element) })
            )
          })
      ),
      ("resps", .array(responses.map { .array([$0]) })),
      ("filtered_resps", .array(responses)), ("filter", .string(filter)),
      ("metrics", .array(own.map { .string(metrics[$0].name) })),
      ("doc_hash", .string(Self.digest(document.text(indent: 2)))),
      ("prompt_hash", .string(Self.digest(Array((arguments.first?.first?.string ?? "").utf8)))),
      ("target_hash", .string(Self.digest(Array(target.utf8)))),
    ]
    entries += own.map { (metrics[$0].name, Self.value(of: sample.values[$0])) }
    return .object(entries)
  }

  /// What the model answered to each request.
  private var responses: [PythonJSON] {
    switch (sample.answered.question, sample.answered.answer) {
    case (_, .text(let text)): [.string(text)]
    case (.text, .scores(let scores)): scores.map { Self.text(of: $0.logLikelihood) }
    case (_, .scores(let scores)):
      scores.map {
        .array([Self.text(of: $0.logLikelihood), .string($0.isGreedy ? "True" : "False")])
      }
    }
  }

  /// A number as Python's `str` has it.
  private static func text(of number: Double) -> PythonJSON {
    .string(
      number.isNaN
        ? "nan" : number.isInfinite ? (number < 0 ? "-inf" : "inf") : PythonJSON.text(of: number))
  }

  private static func arguments(of question: TaskQuestion) -> [[PythonJSON]] {
    switch question {
    case .choice(let question):
      question.requests.map { [.string($0.context), .string($0.continuation)] }
    case .completion(let completion):
      [[.string(completion.context), .string(completion.continuation)]]
    case .text(let text): [[.string(text)]]
    case .generation(let question):
      [
        [
          .string(question.context),
          .object([
            ("until", .array(question.stops.map { .string($0) })),
            ("max_gen_toks", .integer(question.maximumTokens)),
            ("do_sample", .bool(false)), ("temperature", .number(0)),
          ]),
        ]
      ]
    }
  }

  /// The right answer: a choice's number, or the text where all choices are followed by the same.
  private static func target(of question: TaskQuestion) -> String {
    switch question {
    case .choice(let question):
      if question.requests.count > 1, let first = question.requests.first?.continuation,
        question.requests.allSatisfy({ $0.continuation == first })
      {
        PythonText.stripping(first)
      } else {
        "\(question.gold)"
      }
    case .completion(let completion): completion.continuation
    case .text(let text): text
    case .generation(let question): question.reference
    }
  }

  private static func value(of value: MetricValue) -> PythonJSON {
    switch value {
    case .number(let value): .number(value)
    case .weighted(let sum, let weight): .array([.number(sum), .integer(weight)])
    case .parts(let parts): .array(parts.map { .number($0) })
    }
  }

  private static func digest(_ bytes: [UInt8]) -> String {
    SHA256Digest.hexadecimal(SHA256Digest.of(bytes))
  }
}
