/// Tasks whose figures are reported as one mean, in which every document counts the same.
public struct TaskGroup: Sendable, Equatable {
  /// The name, such as `mmlu`.
  public var name: String
  /// The name in tables where the group stands under another.
  public var alias: String
  public var version: Double
  /// The names of tasks and of groups.
  public var members: [String]

  public init(name: String, alias: String? = nil, version: Double, members: [String]) {
    self.name = name
    self.alias = alias ?? name
    self.version = version
    self.members = members
  }

  /// The group's figures from those of its tasks, groups within it taken apart.
  ///
  /// Means weighted by documents, and the pooled standard error √(Σ (n − 1) s² n / (N − k) / N) over
  /// k members of n documents each, as lm-evaluation-harness has it.
  func result(of own: [EvaluationResult]) -> EvaluationResult {
    precondition(!own.isEmpty, "group \(name): no results")
    let first = own[0]
    let documentCount = own.reduce(0) { $0 + $1.documentCount }
    let metrics = first.metrics.compactMap { metric -> EvaluationResult.Metric? in
      let figures = own.compactMap { result in
        result.metrics.first { $0.name == metric.name && $0.filter == metric.filter }
      }
      guard figures.count == own.count else { return nil }
      var mean = metric
      mean.value =
        zip(figures, own).reduce(0) { $0 + $1.0.value * Double($1.1.documentCount) }
        / Double(documentCount)
      mean.standardError = Self.pooled(figures, own, documentCount: documentCount)
      return mean
    }
    return EvaluationResult(
      task: name, alias: alias, version: version, dataset: nil, shots: first.shots,
      documentCount: documentCount, splitCount: own.reduce(0) { $0 + $1.splitCount },
      chance: Self.chance(own, documentCount: documentCount), outputType: nil, metrics: metrics,
      members: members)
  }

  private static func pooled(
    _ figures: [EvaluationResult.Metric], _ results: [EvaluationResult], documentCount: Int
  ) -> Double? {
    var sum = 0.0
    for (figure, result) in zip(figures, results) {
      guard let error = figure.standardError else { return nil }
      let count = Double(result.documentCount)
      sum += (count - 1) * error * error * count
    }
    guard documentCount > results.count else { return nil }
    return (sum / Double(documentCount - results.count) / Double(documentCount)).squareRoot()
  }

  private static func chance(_ results: [EvaluationResult], documentCount: Int) -> Double? {
    var sum = 0.0
    for result in results {
      guard let chance = result.chance else { return nil }
      sum += chance * Double(result.documentCount)
    }
    return sum / Double(documentCount)
  }
}
