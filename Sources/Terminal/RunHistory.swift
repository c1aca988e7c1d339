import Foundation

/// What a run has logged, without the steps that it took back.
///
/// A run resumed from a checkpoint repeats the steps since that checkpoint, and the log holds
/// both. What counts is what led to the present state: a record replaces all earlier ones of its
/// step or later.
public struct RunHistory: Sendable {
  /// The name of the run.
  public let name: String
  /// The records that count, by ascending step.
  public private(set) var records: [MetricsRecord] = []
  /// The scores of the weights on the way, in the order of the log.
  public private(set) var scores: [ScoreRecord] = []
  /// How many records were replaced by later ones.
  public private(set) var replacedCount = 0
  /// How the file ended.
  public private(set) var ending = MetricsLog.Ending.complete
  /// When the log was last written to.
  public let lastActivity: Date?

  /// Reads the history of a run from its metrics file.
  ///
  /// - Throws: as `MetricsLog.forEachLine`.
  public init(name: String, metricsPath: String) throws {
    self.name = name
    let attributes = try? FileManager.default.attributesOfItem(atPath: metricsPath)
    lastActivity = attributes?[.modificationDate] as? Date
    var (records, scores, replacedCount) = ([MetricsRecord](), [ScoreRecord](), 0)
    ending = try MetricsLog(path: metricsPath).forEachLine { line in
      switch line {
      case .step(let record):
        while let last = records.last, last.step >= record.step {
          records.removeLast()
          replacedCount += 1
        }
        while let last = scores.last, last.step >= record.step { scores.removeLast() }
        records.append(record)
      case .score(let score):
        // An evaluation that was cut short is made again, the tasks it had finished perhaps too.
        let sameStep = scores.lastIndex { $0.step != score.step }.map { $0 + 1 } ?? 0
        if let place = scores[sameStep...].firstIndex(where: score.replaces) {
          scores[place] = score
        } else {
          scores.append(score)
        }
      }
    }
    self.records = records
    self.scores = scores
    self.replacedCount = replacedCount
  }

  /// The number of the last step.
  public var lastStep: Int { records.last?.step ?? 0 }

  /// The tokens seen.
  public var tokens: Int { records.last?.tokens ?? 0 }

  /// The loss of the last step that was not skipped.
  public var lastLoss: Double? { records.last { $0.loss != nil }?.loss }

  /// The lowest loss of a step.
  public var bestLoss: Double? { records.compactMap(\.loss).min() }

  /// The sum of the steps' times, in seconds.
  public var totalSeconds: Double { records.reduce(0) { $0 + $1.seconds } }

  /// How many steps changed nothing.
  public var skippedCount: Int { records.count { $0.isSkipped } }

  /// The most memory that a step saw, in bytes.
  public var peakResidentBytes: Int { records.map(\.residentBytes).max() ?? 0 }

  /// The median of the steps' speeds; unlike the mean it forgets pauses and the first steps.
  public var medianTokensPerSecond: Double? { Self.median(records.map(\.tokensPerSecond)) }

  /// The median of the steps' times, in seconds.
  public var medianSeconds: Double? { Self.median(records.map(\.seconds)) }

  /// Returns a curve of one quantity over another; steps without it are left out.
  func curve(
    over horizontal: (MetricsRecord) -> Int, of vertical: (MetricsRecord) -> Double?
  ) -> CurvePlot.Series {
    let points = records.compactMap { record in
      vertical(record).map { CurvePlot.Point(x: Double(horizontal(record)), y: $0) }
    }
    return CurvePlot.Series(name, points: points)
  }

  private static func median(_ values: [Double]) -> Double? {
    let sorted = values.filter(\.isFinite).sorted()
    guard !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// What a run seems to be doing, judged from its log alone.
public enum RunState: String, Sendable {
  /// Its log was written to a moment ago.
  case active
  /// It has reached the last step that was planned.
  case finished
  /// Nobody trains it, and it has not reached its end.
  case interrupted
  /// Nothing was written for a while.
  case idle
  /// Its log cannot be read.
  case broken

  /// Judges a history at a moment.
  ///
  /// Whether a process trains it is best known from outside; where it is not, a run counts as
  /// active for five times its usual step, and two minutes at least, after the last write: a
  /// checkpoint or an evaluation of a small model fits in.
  public init(
    of history: RunHistory, plannedStepCount: Int? = nil, isTraining: Bool? = nil, now: Date
  ) {
    let patience = max(120, 5 * (history.medianSeconds ?? 0))
    let silence = history.lastActivity.map { now.timeIntervalSince($0) } ?? .infinity
    if let plannedStepCount, history.lastStep >= plannedStepCount {
      self = .finished
    } else if isTraining ?? (silence <= patience) {
      self = .active
    } else {
      self = history.ending == .cut || isTraining == false ? .interrupted : .idle
    }
  }
}
