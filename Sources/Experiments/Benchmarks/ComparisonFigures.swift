import Foundation
import Layers

/// What a comparison with a peer measured.
public struct ComparisonFigures: Sendable, Encodable {
  /// The peer's figures and ours over them.
  public struct Peer: Sendable, Encodable {
    /// The median of the rounds.
    public let tokensPerSecond: Double
    /// The most of the rounds.
    public let peakResidentBytes: Int
    /// Our tokens a second ÷ the peer's, the median of the rounds' ratios.
    public let ratio: Double
    public let leastRatio: Double
    public let greatestRatio: Double
    /// Our peak memory ÷ the peer's.
    public let memoryRatio: Double
  }

  /// Both at one precision.
  public struct AtPrecision: Sendable, Encodable {
    public let precision: Precision
    /// The median of the rounds.
    public let tokensPerSecond: Double
    /// The most of the rounds.
    public let peakResidentBytes: Int
    /// The median of the rounds; see `TrainingFigures`.
    public let efficiency: Double
    /// `nil` where the peer could not run.
    public let peer: Peer?
    /// Why it could not.
    public let peerFailure: String?

    init(_ precision: Precision, _ rounds: PeerRounds) {
      self.precision = precision
      tokensPerSecond = rounds.ours.map(\.tokensPerSecond).median
      peakResidentBytes = rounds.ours.map(\.peakResidentBytes).max() ?? 0
      efficiency = rounds.ours.map(\.efficiency).median
      peer = Peer(rounds)
      peerFailure = rounds.failure
    }
  }

  public let recipe: String
  /// What the peer calls it.
  public let peerSize: String
  /// Sequences of a step.
  public let batch: Int
  /// Tokens of a sequence.
  public let sequence: Int
  public let rounds: Int
  public let steps: Int
  public let precisions: [AtPrecision]

  init(_ comparison: PeerComparison, _ precisions: [AtPrecision]) {
    recipe = comparison.recipe
    peerSize = comparison.size
    batch = comparison.settings.batch
    sequence = comparison.settings.sequence
    rounds = comparison.settings.rounds
    steps = comparison.settings.steps
    self.precisions = precisions
  }

  /// The record as this project writes JSON.
  public func json() throws -> Data { try JSONRecord.encode(self) }
}

extension ComparisonFigures.Peer {
  /// `nil` where the peer has not answered in every round.
  init?(_ rounds: PeerRounds) {
    guard rounds.peer.count == rounds.ours.count, !rounds.peer.isEmpty else { return nil }
    let ratios = zip(rounds.ours, rounds.peer).map { $0.tokensPerSecond / $1.tokensPerS }
    let peak = rounds.peer.map(\.peakRssGib).max() ?? 0
    tokensPerSecond = rounds.peer.map(\.tokensPerS).median
    peakResidentBytes = Int(exactly: (peak * 0x1p30).rounded()) ?? 0
    ratio = ratios.median
    leastRatio = ratios.min() ?? .nan
    greatestRatio = ratios.max() ?? .nan
    memoryRatio = Double(rounds.ours.map(\.peakResidentBytes).max() ?? 0) / (peak * 0x1p30)
  }
}
