/// Results of several models side by side: a row a metric, a column a model.
///
/// Rows stand in the order in which the results name them, groups above their members. A task at two
/// numbers of examples is two tasks here, and a metric under two filters two metrics.
package struct ScoreComparison {
  /// A model's results under its title.
  package struct Column {
    var title: String
    var results: [EvaluationResult]

    package init(title: String, results: [EvaluationResult]) {
      self.title = title
      self.results = results
    }
  }

  /// A figure.
  package struct Cell: Equatable {
    package var value: Double
    package var standardError: Double?
  }

  /// A metric of a task over all columns.
  package struct Row {
    package var task: String
    /// The name to show: the alias where the task stands under its group.
    package var name: String
    /// The groups that the task stands under.
    package var depth: Int
    package var shots: Int
    package var metric: String
    package var filter: String
    package var higherIsBetter: Bool
    /// Whether the row is its task's first.
    package var isFirst: Bool
    /// The documents evaluated; several where the columns differ, so that they do not look alike.
    package var documentCounts: [Int]
    package var chance: Double?
    /// A cell a column; nil where the column lacks the figure.
    package var cells: [Cell?]
    /// A figure for each of the published models; nil where none was published.
    package var published: [Double?]
    /// Whether the task has both `acc` and `acc_norm`, so that the published figure may be either.
    package var isPublishedUncertain = false

    /// The metric with its filter, as the harness writes both.
    package var metricName: String { filter == "none" ? metric : "\(metric),\(filter)" }

    /// The columns with the best value; none where there is nothing to compare, or all are the same.
    package var best: Set<Int> {
      let values = cells.enumerated().compactMap { index, cell in
        cell.flatMap { $0.value.isNaN ? nil : (index, $0.value) }
      }
      guard Set(values.map(\.1)).count > 1,
        let best = higherIsBetter ? values.map(\.1).max() : values.map(\.1).min()
      else { return [] }
      return Set(values.filter { $0.1 == best }.map(\.0))
    }
  }

  package private(set) var rows: [Row] = []
  let titles: [String]
  /// The published models that at least one row has a figure of.
  let published: [PublishedScores]

  /// The row with the mean over the published table's seven tasks.
  package static let averageName = "average of seven"
  static let averageMetric = "mean"

  /// - Parameter published: Models whose published scores stand beside.
  package init(_ columns: [Column], published: [PublishedScores] = []) {
    titles = columns.map(\.title)
    let identities = Self.identities(columns)
    self.published = published.filter { model in
      identities.contains { model.accuracy(of: $0.task, shots: $0.shots) != nil }
    }
    for identity in identities { rows += rows(of: identity, columns) }
    if let average = average(columns) { rows.append(average) }
  }

  /// A task at a number of examples.
  struct Identity: Hashable {
    var task: String
    var shots: Int
  }

  private static func identities(_ columns: [Column]) -> [Identity] {
    var seen: Set<Identity> = []
    return columns.flatMap(\.results).map { Identity(task: $0.task, shots: $0.shots) }
      .filter { seen.insert($0).inserted }
  }

  private func rows(of identity: Identity, _ columns: [Column]) -> [Row] {
    let results = columns.map { column in
      column.results.first { $0.task == identity.task && $0.shots == identity.shots }
    }
    let present = results.compactMap { $0 }
    guard let first = present.first else { return [] }
    var metrics: [EvaluationResult.Metric] = []
    for metric in present.flatMap(\.metrics)
    where !metrics.contains(where: { $0.name == metric.name && $0.filter == metric.filter }) {
      metrics.append(metric)
    }
    let depth = Self.depth(of: identity, columns.flatMap(\.results))
    let counts = present.map(\.documentCount)
    let hasBoth = ["acc", "acc_norm"].allSatisfy { name in metrics.contains { $0.name == name } }
    return metrics.enumerated().map { index, metric in
      Row(
        task: identity.task, name: depth > 0 ? first.alias : identity.task, depth: depth,
        shots: identity.shots, metric: metric.name, filter: metric.filter,
        higherIsBetter: metric.higherIsBetter, isFirst: index == 0,
        documentCounts: Set(counts).count == 1 ? [counts[0]] : counts,
        chance: metric.isAccuracy ? present.lazy.compactMap(\.chance).first : nil,
        cells: results.map { result in
          result?.metrics.first { $0.name == metric.name && $0.filter == metric.filter }
            .map { Cell(value: $0.value, standardError: $0.standardError) }
        },
        published: published.map { model in
          ["acc", "acc_norm"].contains(metric.name)
            ? model.accuracy(of: identity.task, shots: identity.shots) : nil
        },
        isPublishedUncertain: hasBoth && ["acc", "acc_norm"].contains(metric.name)
          && published.contains { $0.accuracy(of: identity.task, shots: identity.shots) != nil })
    }
  }

  /// The groups above a task; a group that is its own member, which a file may say, counts for none.
  private static func depth(of identity: Identity, _ results: [EvaluationResult]) -> Int {
    var (depth, name, visited) = (0, identity.task, Set([identity.task]))
    while let parent = results.first(where: {
      $0.members.contains(name) && $0.shots == identity.shots && !visited.contains($0.task)
    }) {
      visited.insert(parent.task)
      (depth, name) = (depth + 1, parent.task)
    }
    return depth
  }

  /// The mean of the seven tasks, `acc_norm` where a task has it; in columns that have all seven.
  ///
  /// The standard error is √(Σ s²) / 7: the tasks' documents are independent.
  private func average(_ columns: [Column]) -> Row? {
    guard !published.isEmpty else { return nil }
    let cells = columns.map { column -> Cell? in
      let figures = PublishedScores.tasks.compactMap { task in
        column.results.first { $0.task == task && $0.shots == 0 }?.primaryMetric
      }
      guard figures.count == PublishedScores.tasks.count else { return nil }
      let count = Double(figures.count)
      let errors = figures.compactMap(\.standardError)
      return Cell(
        value: figures.reduce(0) { $0 + $1.value } / count,
        standardError: errors.count == figures.count
          ? errors.reduce(0) { $0 + $1 * $1 }.squareRoot() / count : nil)
    }
    guard cells.contains(where: { $0 != nil }) else { return nil }
    let chances = PublishedScores.tasks.compactMap { task in
      rows.first { $0.task == task && $0.shots == 0 && $0.chance != nil }?.chance
    }
    return Row(
      task: Self.averageName, name: Self.averageName, depth: 0, shots: 0,
      metric: Self.averageMetric, filter: "none", higherIsBetter: true, isFirst: true,
      documentCounts: [],
      chance: chances.count == PublishedScores.tasks.count
        ? chances.reduce(0, +) / Double(chances.count) : nil,
      cells: cells, published: published.map(\.average), isPublishedUncertain: true)
  }

  /// A row a task: its primary metric's, members of groups left out.
  package var summary: [Row] {
    rows.filter { row in
      guard row.depth == 0 else { return false }
      let own = rows.filter { $0.task == row.task && $0.shots == row.shots }
      let primary = own.first { $0.metric == "acc_norm" } ?? own.first { $0.metric == "acc" }
      return row.metric == (primary ?? own[0]).metric && row.filter == (primary ?? own[0]).filter
    }
  }

  var showsShots: Bool { rows.contains { $0.shots > 0 } }
}

extension EvaluationResult {
  /// The metric that a summary shows: `acc_norm`, else `acc`, else the first.
  var primaryMetric: Metric? {
    metrics.first { $0.name == "acc_norm" } ?? metrics.first { $0.name == "acc" } ?? metrics.first
  }
}

extension EvaluationResult.Metric {
  /// Whether choosing blindly has a value of it.
  var isAccuracy: Bool { name.hasPrefix("acc") }
}

extension ScoreComparison.Row {
  /// Whether the figures are fractions that share an axis from 0 to 1.
  var isFraction: Bool {
    higherIsBetter && !cells.compactMap { $0 }.isEmpty
      && cells.compactMap { $0 }.allSatisfy { (0...1).contains($0.value) }
  }
}
