import Evaluation
import Foundation
import Models
import Terminal

/// Scores a run's weights between its steps, where its recipe says so.
///
/// It reads the trainer's model and keeps nothing of it: the weights are not copied (bfloat16 products
/// pack them for as long as they score), the thread pool is training's, and no random number is drawn,
/// so that training goes on with the same bits. Products are of training's precision.
struct TrainingEvaluation {
  private let scoring: TaskScoring
  /// The wall-clock time of this process's evaluations.
  private(set) var seconds = 0.0
  /// How many this process made.
  private(set) var count = 0

  /// Reads and tokenizes what a recipe is scored on; nil where it is scored on nothing.
  ///
  /// - Throws: `EvaluationError` about the names, the data or the tokenizer.
  init?(_ recipe: Recipe, _ data: PreparedData, in workspace: Workspace) throws {
    guard let evaluation = recipe.evaluation, !evaluation.isEmpty else { return nil }
    let report: @Sendable (String) -> Void = { ProgressLine.writeToStandardError($0 + "\n") }
    let selection = try recipe.evaluationSelection(in: workspace)
    try recipe.stories.prepare(for: selection, in: workspace, report: report)
    scoring = try TaskScoring(
      selection,
      data: BenchmarkData.taskData(at: evaluation.directory, in: workspace, report: report),
      documents: evaluation.documentLimit.map { 0..<$0 }, tokenizer: data.tokenizer,
      contextLength: recipe.model.contextLength,
      // As many as a pass of training, which keeps for backward what scoring lets go of.
      tokensPerBatch: recipe.batching.sequenceLength * recipe.batching.sequencesPerPass)
  }

  /// What an evaluation reads, in a line.
  var summary: String {
    "\(Format.grouped(scoring.parts.count)) tasks, \(Format.grouped(scoring.documentCount)) "
      + "documents, \(Format.grouped(scoring.tokenCount)) tokens"
  }

  /// Whether a step's scores in the log lack any that the recipe asks for.
  func isPending(after records: [ScoreRecord]) -> Bool { !missing(in: records).isEmpty }

  private func missing(in records: [ScoreRecord]) -> [TaskScoring.Part] {
    scoring.parts.filter { part in
      !records.contains { $0.task == part.task && (part.shots ?? $0.shots) == $0.shots }
    }
  }

  /// Scores the weights after a step and logs each task as it is done.
  ///
  /// - Parameter records: What the log has of this step already; those tasks are not scored again.
  /// - Returns: The results, or nil where a signal came between two batches.
  /// - Throws: `EvaluationError` where a score is no number; `ExperimentError.writeFailed`.
  mutating func score(
    _ scorer: consuming some LanguageModelScorer, step: Int, tokens: Int,
    after records: [ScoreRecord], log: RunLog, progress: (EvaluationProgress) -> Void
  ) throws -> [EvaluationResult]? {
    let missing = missing(in: records)
    let start = ProgressLine.monotonicSeconds()
    defer { seconds += ProgressLine.monotonicSeconds() - start }
    count += 1
    func write(_ result: EvaluationResult, seconds: Double?) throws {
      try log.write(
        ScoreRecord.records(of: result, step: step, tokens: tokens, seconds: seconds))
    }
    do {
      let results = try scoring.results(
        with: &scorer, earlier: EvaluationResult.results(in: records),
        progress: {
          progress($0)
          if SignalWatch.signal != nil { throw Interruption() }
        }, finished: { try write($0, seconds: $1) })
      for group in missing where group.shots == nil {
        if let result = results.first(where: { $0.task == group.task }) {
          try write(result, seconds: nil)
        }
      }
      return results
    } catch is Interruption {
      return nil
    }
  }

  /// The figure of each result that says most, in a line; groups stand for their tasks.
  static func line(of results: [EvaluationResult]) -> String {
    let members = Set(results.flatMap(\.members))
    return results.filter { !members.contains($0.task) }.compactMap { result in
      let bits = result.metrics.first { $0.name == "bits_per_byte" }
      guard let metric = bits ?? result.metrics.first else { return nil }
      let error = metric.standardError.map { " ± \(Format.decimal($0, places: 4))" } ?? ""
      let name = bits == nil ? "" : "bits a byte "
      return "\(result.task) \(name)\(Format.decimal(metric.value, places: 4))\(error)"
    }.joined(separator: ", ")
  }

  /// A signal came between two batches.
  private struct Interruption: Error {}
}

extension ScoreRecord {
  /// A line for each of a result's metrics.
  static func records(
    of result: EvaluationResult, step: Int, tokens: Int, seconds: Double?
  ) -> [ScoreRecord] {
    result.metrics.map { metric in
      ScoreRecord(
        step: step, tokens: tokens, task: result.task,
        metric: metric.filter == noFilter ? metric.name : "\(metric.name),\(metric.filter)",
        shots: result.shots, documentCount: result.documentCount,
        value: metric.value.isFinite ? metric.value : nil, standardError: metric.standardError,
        chance: result.chance, higherIsBetter: metric.higherIsBetter, evaluationSeconds: seconds)
    }
  }

  fileprivate static let noFilter = "none"
}

extension EvaluationResult {
  /// The results that a step's lines tell of, without their documents: what a group's mean needs.
  static func results(in records: [ScoreRecord]) -> [EvaluationResult] {
    var results: [EvaluationResult] = []
    for record in records {
      let parts = record.metric.split(separator: ",", maxSplits: 1).map(String.init)
      let metric = Metric(
        name: parts.first ?? "", filter: parts.count > 1 ? parts[1] : ScoreRecord.noFilter,
        value: record.value ?? .nan, standardError: record.standardError,
        higherIsBetter: record.higherIsBetter)
      if let place = results.firstIndex(where: {
        $0.task == record.task && $0.shots == record.shots
      }) {
        results[place].metrics.append(metric)
      } else {
        results.append(
          EvaluationResult(
            task: record.task, version: 0, dataset: nil, shots: record.shots,
            documentCount: record.documentCount, chance: record.chance, metrics: [metric]))
      }
    }
    return results
  }
}
