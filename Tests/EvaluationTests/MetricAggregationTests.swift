import Evaluation
import Foundation
import Testing

/// Figures and standard errors against those of lm-evaluation-harness 0.4.13's own functions.
@Suite struct MetricAggregationTests {
  /// Scores a continuation of n bytes with the n-th of the log-likelihoods.
  private func result(
    _ logLikelihoods: [Double], _ metrics: [EvaluationMetric]
  ) throws -> EvaluationResult {
    let task = CompletionTask(metrics: metrics)
    var scorer = FunctionScorer { request in
      RequestScore(logLikelihood: logLikelihoods[request.continuation.count - 1], isGreedy: true)
    }
    return try Evaluator(tokenizer: ByteTokenizer()).evaluate(
      task, on: logLikelihoods.indices.map { document(["length": .integer($0 + 1)]) },
      with: &scorer)
  }

  private static let values = [-1.5, -2.25, -0.5, -9.0, -3.125]

  @Test func perplexityWithItsBootstrap() throws {
    let metric = try result(Self.values, [.perplexity]).metrics[0]
    #expect(abs(metric.value - 26.44322548056279) < 1e-12)
    #expect(abs(try #require(metric.standardError) - 232.93160672635375) < 1e-9)
    let two = try result([-1, -1.5], [.perplexity]).metrics[0]
    #expect(abs(try #require(two.standardError) - 0.6262218659582344) < 1e-12)
    #expect(try result([-1], [.perplexity]).metrics[0].standardError == nil)
  }

  @Test func theBootstrapGivesTheSameBitsEveryTime() throws {
    let errors = try (0..<3).map { _ in
      try result(Self.values, [.perplexity]).metrics[0].standardError
    }
    #expect(Set(errors).count == 1)
  }

  @Test func meanWithItsStandardError() throws {
    let mean = EvaluationMetric(name: "mean") { .number($0.answer.scores[0].logLikelihood) }
    let metric = try result(Self.values, [mean]).metrics[0]
    #expect(metric.value == -3.275)
    #expect(abs(try #require(metric.standardError) - 1.4949916387726052) < 1e-15)
  }

  @Test func weightedPerplexities() throws {
    let pairs = [(-10.5, 4), (-3.25, 2), (-7.0, 9)]
    func metric(_ aggregation: MetricAggregation) -> EvaluationMetric {
      EvaluationMetric(name: "m", aggregation: aggregation) { answered in
        let pair = pairs[try answered.document.integer("length") - 1]
        return .weighted(sum: pair.0, weight: pair.1)
      }
    }
    let result = try result([0, 0, 0], [metric(.weightedPerplexity), metric(.bitsPerByte)])
    #expect(abs(result.metrics[0].value - 3.988173406930107) < 1e-14)
    #expect(abs(result.metrics[1].value - 1.9957281398963993) < 1e-14)
    #expect(result.metrics.allSatisfy { $0.standardError == nil })
  }

  /// Every document of a group counts the same; the standard error is pooled.
  @Test func groupsOfTasks() throws {
    var selection = TaskSelection()
    let names = ["mmlu_anatomy", "mmlu_virology"]
    let catalog = EvaluationCatalog(
      names.map { MMLU(subject: String($0.dropFirst(5))) },
      groups: [TaskGroup(name: "both", version: 1, members: names)])
    selection = try catalog.selection(named: ["both"])
    func member(_ name: String, _ hits: [Double]) -> EvaluationResult {
      let mean = hits.reduce(0, +) / Double(hits.count)
      let squares = hits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return EvaluationResult(
        task: name, version: 1, dataset: nil, documentCount: hits.count, chance: 0.25,
        metrics: [
          .init(
            name: "acc", value: mean,
            standardError: hits.count < 2
              ? nil : (squares / Double(hits.count - 1) / Double(hits.count)).squareRoot(),
            higherIsBetter: true)
        ])
    }
    let results = selection.withGroups([
      member(names[0], [0, 1]), member(names[1], [1, 0, 0, 0, 1, 0, 0, 0]),
    ])
    #expect(results.map(\.task) == ["both"] + names)
    #expect(abs(results[0].metrics[0].value - 0.3) < 1e-15)
    // pooled_sample_stderr([0.5, 0.16366341767699427], [2, 8])
    #expect(
      abs(try #require(results[0].metrics[0].standardError) - 0.15811388300841897) < 1e-15)
    #expect(results[0].documentCount == 10)
    // A single document has no standard error, so the group has none.
    let single = selection.withGroups([member(names[0], [1]), member(names[1], [1, 0])])
    #expect(single[0].metrics[0].standardError == nil)
  }
}

private struct CompletionTask: EvaluationTask {
  let name = "completions"
  let version = 1.0
  let dataset = TaskDataset.file("none")
  let metrics: [EvaluationMetric]

  func question(from document: TaskDocument) throws -> TaskQuestion {
    .completion(
      Completion(
        context: "c", continuation: String(repeating: "x", count: try document.integer("length"))))
  }
}
