/// One metric of one task on the way of a run, by ascending step.
public struct ScoreCurve: Sendable, Equatable {
  public let task: String
  public let metric: String
  /// The examples before each question.
  public let shots: Int
  /// The scores, at least one.
  public fileprivate(set) var records: [ScoreRecord]

  fileprivate init(_ record: ScoreRecord) {
    (task, metric, shots) = (record.task, record.metric, record.shots)
    records = [record]
  }

  /// The score of the latest weights.
  public var last: ScoreRecord { records[records.count - 1] }

  /// The best score, the earliest of equal ones; nil where none is finite.
  public var best: ScoreRecord? {
    var best: ScoreRecord?
    for record in records {
      guard let value = record.value else { continue }
      if let former = best?.value, last.higherIsBetter ? value <= former : value >= former {
        continue
      }
      best = record
    }
    return best
  }

  func isSame(as other: ScoreCurve) -> Bool {
    task == other.task && metric == other.metric && shots == other.shots
  }

  /// What tables call it: the task, with its examples where it has any.
  var title: String { shots == 0 ? task : "\(task) (\(shots) shots)" }

  /// The curve over steps or tokens; scores that are not finite are left out.
  func series(_ name: String, over horizontal: (ScoreRecord) -> Int) -> CurvePlot.Series {
    CurvePlot.Series(
      name,
      points: records.compactMap { record in
        record.value.map { CurvePlot.Point(x: Double(horizontal(record)), y: $0) }
      })
  }
}

extension RunHistory {
  /// The scores by task and metric, in the order in which they first appear.
  public var scoreCurves: [ScoreCurve] {
    var curves: [ScoreCurve] = []
    var places: [[String]: Int] = [:]
    for record in scores {
      let key = [record.task, record.metric, String(record.shots)]
      if let place = places[key] {
        curves[place].records.append(record)
      } else {
        places[key] = curves.count
        curves.append(ScoreCurve(record))
      }
    }
    return curves
  }

  /// How many times the weights were scored.
  public var evaluationCount: Int { Set(scores.map(\.step)).count }

  /// The wall-clock time of all evaluations, which `totalSeconds` does not hold.
  public var evaluationSeconds: Double {
    var seen: Set<[String]> = []
    return scores.reduce(0) { sum, record in
      // Each metric of a task tells the task's time.
      let key = [String(record.step), record.task, String(record.shots)]
      return seen.insert(key).inserted ? sum + (record.evaluationSeconds ?? 0) : sum
    }
  }
}
