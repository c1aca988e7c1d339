import Foundation
import Terminal

/// This program and another, each writing with the same model file in fresh processes, in turn.
public struct GenerationComparison: Sendable {
  let program: String
  let arguments: [String]
  let python: String
  let peerArguments: [String]
  let rounds: Int

  /// - Parameters:
  ///   - program: The path of this program.
  ///   - arguments: What it is run with; it answers as `samara bench generate --json` does.
  ///   - python: The interpreter that the peer needs.
  ///   - script: The peer; it takes `--model … --prompt … --new … --batch … --repeat … --threads …`
  ///     and answers with one line of JSON.
  ///   - model: The file that both read.
  public init(
    program: String, arguments: [String], python: String, script: String, model: String,
    settings: GenerationBenchmark.Settings, rounds: Int
  ) {
    self.program = program
    self.arguments = arguments
    self.python = python
    peerArguments = [
      script, "--model", model, "--prompt", "\(settings.prompt)", "--new", "\(settings.new)",
      "--batch", "\(settings.batch)", "--repeat", "\(settings.repeats)",
      "--threads", "\(settings.threads)",
    ]
    self.rounds = rounds
  }

  /// What a peer tells.
  struct Reply: Decodable {
    let prefillTokensPerS: Double
    let decodeTokensPerS: Double?
    let peakRssGib: Double?
    let version: String?
    let description: String?
  }

  /// Runs both in turn, round by round; a peer that fails is told of and not asked again.
  ///
  /// - Throws: `BenchmarkError`, if this program fails or is asked to stop.
  public func run() throws(BenchmarkError) -> GenerationComparisonFigures {
    SignalWatch.start()
    let progress = ProgressLine(label: "run", total: 2 * rounds)
    defer { progress.finish() }
    var (ours, theirs, failure) = ([GenerationFigures](), [Reply](), String?.none)
    for round in 0..<rounds {
      ours.append(
        try ChildProgram(program: program, arguments: arguments).reply(GenerationFigures.self))
      progress.update(completed: 2 * round + 1, details: ["samara"])
      if failure == nil {
        do throws(BenchmarkError) {
          theirs.append(
            try ChildProgram(program: python, arguments: peerArguments).reply(Reply.self))
        } catch {
          if case .interrupted = error { throw error }
          (theirs, failure) = ([], "\(error)")
        }
      }
      progress.update(completed: 2 * round + 2, details: ["peer"])
    }
    return GenerationComparisonFigures(ours: ours, peer: theirs, failure: failure)
  }
}

/// What a comparison of writing measured.
public struct GenerationComparisonFigures: Sendable, Encodable {
  /// One of the two rates.
  public struct Row: Sendable, Encodable {
    public let name: String
    /// The median of the rounds.
    public let tokensPerSecond: Double
    /// `nil` where the peer did not tell.
    public let peerTokensPerSecond: Double?
    /// Ours ÷ the peer's, the median of the rounds' ratios.
    public let ratio: Double?
    public let leastRatio: Double?
    public let greatestRatio: Double?

    init(name: String, ours: [Double], peer: [Double]) {
      self.name = name
      tokensPerSecond = ours.median
      let isWhole = peer.count == ours.count && !peer.isEmpty
      let ratios = isWhole ? zip(ours, peer).map { $0 / $1 } : []
      peerTokensPerSecond = isWhole ? peer.median : nil
      ratio = isWhole ? ratios.median : nil
      leastRatio = ratios.min()
      greatestRatio = ratios.max()
    }
  }

  public let rounds: Int
  public let prefill: Row
  public let decoding: Row?
  /// What the peer calls itself and the model.
  public let peer: String?
  /// Why the peer has no figures, if it has none.
  public let peerFailure: String?
  /// This program's last run.
  public let last: GenerationFigures

  init(ours: [GenerationFigures], peer: [GenerationComparison.Reply], failure: String?) {
    rounds = ours.count
    prefill = Row(
      name: "prefill", ours: ours.map(\.prefillTokensPerSecond.median),
      peer: peer.map(\.prefillTokensPerS))
    let decodings = ours.compactMap(\.decodingTokensPerSecond?.median)
    decoding =
      decodings.isEmpty
      ? nil : Row(name: "decoding", ours: decodings, peer: peer.compactMap(\.decodeTokensPerS))
    let words = [peer.last?.version, peer.last?.description].compactMap { $0 }
    self.peer = words.isEmpty ? nil : words.joined(separator: ", ")
    peerFailure = failure
    last = ours[ours.count - 1]
  }

  /// The record as this project writes JSON.
  public func json() throws -> Data { try JSONRecord.encode(self) }
}
