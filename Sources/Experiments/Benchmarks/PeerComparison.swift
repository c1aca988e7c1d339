import Foundation
import Layers
import Terminal

/// This program and another, each training the same model in fresh processes, in turn.
public struct PeerComparison: Sendable {
  /// What both are asked for.
  public struct Settings: Sendable {
    /// Sequences of a step.
    public var batch: Int
    /// Tokens of a sequence.
    public var sequence: Int
    public var precisions: [Precision]
    /// How often each runs.
    public var rounds: Int
    /// Steps of a run; the first warms up.
    public var steps: Int

    public init(
      batch: Int, sequence: Int, precisions: [Precision], rounds: Int = 2, steps: Int = 4
    ) {
      self.batch = batch
      self.sequence = sequence
      self.precisions = precisions
      self.rounds = rounds
      self.steps = steps
    }
  }

  /// What the peer calls the recipes that it has a size for.
  public static let sizes = [
    "openelm-12m": "small", "openelm-270m": "270M", "openelm-450m": "450M",
    "openelm-1.1b": "1.1B", "openelm-3b": "3B",
  ]

  let recipe: String
  let size: String
  let settings: Settings
  let program: String
  let python: String
  let script: String

  /// - Parameters:
  ///   - program: The path of this program.
  ///   - python: The interpreter that the peer needs.
  ///   - script: The peer; it takes `train --size … --batch … --seq … --steps … --dtype …` and
  ///     answers with one line of JSON.
  /// - Throws: `BenchmarkError.tooFewSteps`, `noPeerSize`.
  public init(
    _ recipe: Recipe, settings: Settings, program: String, python: String, script: String
  ) throws(BenchmarkError) {
    guard let size = Self.sizes[recipe.name] else {
      throw .noPeerSize(recipe: recipe.name, known: Self.sizes.keys.sorted())
    }
    guard settings.steps >= 2 else { throw .tooFewSteps(settings.steps) }
    self.recipe = recipe.name
    self.size = size
    self.settings = settings
    self.program = program
    self.python = python
    self.script = script
  }

  /// Runs both in turn, round by round.
  ///
  /// A peer that fails is told of in the figures and not asked again at that precision.
  ///
  /// - Throws: `BenchmarkError`, if this program fails.
  public func run() throws(BenchmarkError) -> ComparisonFigures {
    SignalWatch.start()
    let total = 2 * settings.rounds * settings.precisions.count
    let progress = ProgressLine(label: "run", total: total)
    defer { progress.finish() }
    var completed = 0
    var precisions: [ComparisonFigures.AtPrecision] = []
    for precision in settings.precisions {
      var rounds = PeerRounds()
      for _ in 0..<settings.rounds {
        rounds.ours.append(try ours(precision).reply(OurReply.self))
        completed += 1
        progress.update(completed: completed, details: [precision.rawValue, "samara"])
        try rounds.ask(peer(precision))
        completed += 1
        progress.update(completed: completed, details: [precision.rawValue, "peer"])
      }
      precisions.append(ComparisonFigures.AtPrecision(precision, rounds))
    }
    return ComparisonFigures(self, precisions)
  }

  private func ours(_ precision: Precision) -> ChildProgram {
    ChildProgram(
      program: program,
      arguments: [
        "bench", "train", "--json", "--recipe", recipe, "--batch", "\(settings.batch)",
        "--sequence", "\(settings.sequence)", "--steps", "\(settings.steps)",
        "--precision", precision.rawValue,
      ])
  }

  private func peer(_ precision: Precision) -> ChildProgram {
    ChildProgram(
      program: python,
      arguments: [
        script, "train", "--size", size, "--batch", "\(settings.batch)",
        "--seq", "\(settings.sequence)", "--steps", "\(settings.steps)",
        "--dtype", precision.rawValue,
      ])
  }
}

/// What `samara bench train --json` tells, as far as it is compared.
struct OurReply: Decodable {
  let tokensPerSecond: Double
  let peakResidentBytes: Int
  let efficiency: Double
}

/// What a peer tells.
struct PeerReply: Decodable {
  let tokensPerS: Double
  let peakRssGib: Double
}

/// The answers at one precision.
struct PeerRounds {
  var ours: [OurReply] = []
  var peer: [PeerReply] = []
  /// Why the peer has no figures, if it has none.
  var failure: String?

  /// - Throws: `BenchmarkError.interrupted`; what else goes wrong is the peer's failure.
  mutating func ask(_ program: ChildProgram) throws(BenchmarkError) {
    guard failure == nil else { return }
    do throws(BenchmarkError) {
      peer.append(try program.reply(PeerReply.self))
    } catch {
      if case .interrupted = error { throw error }
      peer = []
      failure = "\(error)"
    }
  }
}
