import Foundation
import Terminal

/// This program and another, each evaluating the same tasks in fresh processes, in turn.
public struct EvaluationComparison: Sendable {
  let program: String
  let arguments: [String]
  let peer: String
  let rounds: Int

  /// - Parameters:
  ///   - program: The path of this program.
  ///   - arguments: What it is run with; it answers as `samara bench evaluate --json` does.
  ///   - peer: A command for the shell, whose answer is a line of JSON with `documents_per_s`, and
  ///     the same for every one of its `tasks`, if it tells.
  public init(program: String, arguments: [String], peer: String, rounds: Int) {
    self.program = program
    self.arguments = arguments
    self.peer = peer
    self.rounds = rounds
  }

  /// What a peer tells.
  private struct Reply: Decodable {
    struct Task: Decodable {
      let documentsPerS: Double
    }
    let documentsPerS: Double
    let tasks: [String: Task]?
  }

  /// Runs both in turn, round by round; a peer that fails is told of and not asked again.
  ///
  /// - Throws: `BenchmarkError`, if this program fails or is asked to stop.
  public func run() throws(BenchmarkError) -> EvaluationComparisonFigures {
    SignalWatch.start()
    let progress = ProgressLine(label: "run", total: 2 * rounds)
    defer { progress.finish() }
    var (ours, theirs, failure) = ([EvaluationFigures](), [Reply](), String?.none)
    for round in 0..<rounds {
      ours.append(
        try ChildProgram(program: program, arguments: arguments).reply(EvaluationFigures.self))
      progress.update(completed: 2 * round + 1, details: ["samara"])
      if failure == nil {
        do throws(BenchmarkError) {
          theirs.append(
            try ChildProgram(program: "sh", arguments: ["-c", peer]).reply(Reply.self))
        } catch {
          if case .interrupted = error { throw error }
          (theirs, failure) = ([], "\(error)")
        }
      }
      progress.update(completed: 2 * round + 2, details: ["peer"])
    }
    let tasks = ours[0].tasks.enumerated().map { index, task in
      EvaluationComparisonFigures.Row(
        name: task.name, ours: ours.map { $0.tasks[index].documentsPerSecond },
        peer: theirs.compactMap { $0.tasks?[task.name]?.documentsPerS })
    }
    let total = EvaluationComparisonFigures.Row(
      name: "all", ours: ours.map(\.documentsPerSecond), peer: theirs.map(\.documentsPerS))
    return EvaluationComparisonFigures(
      rounds: rounds, tasks: tasks, total: total, peerFailure: failure,
      last: ours[ours.count - 1])
  }
}

/// What a comparison of evaluations measured.
public struct EvaluationComparisonFigures: Sendable, Encodable {
  /// One task, or all of them together.
  public struct Row: Sendable, Encodable {
    public let name: String
    /// The median of the rounds.
    public let documentsPerSecond: Double
    /// `nil` where the peer did not tell.
    public let peerDocumentsPerSecond: Double?
    /// Ours ÷ the peer's, the median of the rounds' ratios.
    public let ratio: Double?
    public let leastRatio: Double?
    public let greatestRatio: Double?

    init(name: String, ours: [Double], peer: [Double]) {
      self.name = name
      documentsPerSecond = ours.median
      let isWhole = peer.count == ours.count
      let ratios = isWhole ? zip(ours, peer).map { $0 / $1 } : []
      peerDocumentsPerSecond = isWhole ? peer.median : nil
      ratio = isWhole ? ratios.median : nil
      leastRatio = ratios.min()
      greatestRatio = ratios.max()
    }
  }

  public let rounds: Int
  public let tasks: [Row]
  public let total: Row
  /// Why the peer has no figures, if it has none.
  public let peerFailure: String?
  /// This program's last run.
  public let last: EvaluationFigures

  /// The record as this project writes JSON.
  public func json() throws -> Data { try JSONRecord.encode(self) }
}
