import Foundation

/// A run's scores over its training, where several of its steps were evaluated.
package struct ScoreCurve {
  /// A score at a moment of training.
  package struct Point: Equatable {
    package var position: Double
    package var value: Double
    package var standardError: Double?
  }

  package var run: String
  /// The task's name as a row has it.
  package var name: String
  package var metric: String
  package var shots: Int
  /// What the horizontal axis counts: tokens where every file says how many, else steps.
  package var axis: Axis
  package var points: [Point]
  package var chance: Double?
  /// The published model to compare with: the nearest in size, or in score where the size is not known.
  package var reference: (model: String, value: Double)?

  package enum Axis: String {
    case tokens = "tokens"
    case steps = "step"
  }

  /// The curves of every run of which the files have at least two steps, in the order of the rows.
  static func curves(
    of files: [EvaluationResultsFile], published: [PublishedScores] = PublishedScores.openELM
  ) -> [ScoreCurve] {
    var runs: [String] = []
    for file in files where !runs.contains(file.model.name) { runs.append(file.model.name) }
    return runs.flatMap { run in
      curves(of: run, files.filter { $0.model.name == run }, published: published)
    }
  }

  private static func curves(
    of run: String, _ files: [EvaluationResultsFile], published: [PublishedScores]
  ) -> [ScoreCurve] {
    let stepped = files.filter { $0.model.step != nil }
    let axis: Axis =
      stepped.allSatisfy { $0.model.tokens != nil } && stepped.count > 1 ? .tokens : .steps
    let positioned = stepped.compactMap { file in
      (axis == .tokens ? file.model.tokens : file.model.step).map { (Double($0), file) }
    }.sorted { $0.0 < $1.0 }
    guard Set(positioned.map(\.0)).count > 1 else { return [] }
    let comparison = ScoreComparison(
      positioned.map { .init(title: "", results: $0.1.results) }, published: published)
    return comparison.summary.compactMap { row in
      let points = zip(positioned, row.cells).compactMap { positioned, cell in
        cell.flatMap { cell -> Point? in
          guard cell.value.isFinite else { return nil }
          return Point(
            position: positioned.0, value: cell.value, standardError: cell.standardError)
        }
      }
      guard points.count > 1 else { return nil }
      return ScoreCurve(
        run: run, name: row.name, metric: row.metric, shots: row.shots, axis: axis,
        points: points, chance: row.chance,
        reference: Self.reference(
          among: zip(comparison.published, row.published).compactMap { model, value in
            value.map { (model, $0) }
          },
          size: positioned.lazy.compactMap(\.1.model.parameterCount).first,
          score: points[points.count - 1].value))
    }
  }

  private static func reference(
    among published: [(PublishedScores, Double)], size: Int?, score: Double
  ) -> (model: String, value: Double)? {
    func distance(_ entry: (PublishedScores, Double)) -> Double {
      guard let size, size > 0 else { return abs(entry.1 - score) }
      return abs(log(entry.0.parameterCount / Double(size)))
    }
    return published.min { distance($0) < distance($1) }.map { ($0.0.model, $0.1) }
  }
}
