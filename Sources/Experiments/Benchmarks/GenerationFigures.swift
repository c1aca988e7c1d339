import Foundation
import Kernels

/// What a benchmark of writing measured.
public struct GenerationFigures: Sendable, Codable {
  /// A rate over the repetitions.
  public struct Rate: Sendable, Codable {
    public let median: Double
    public let least: Double
    public let greatest: Double

    init(_ values: [Double]) {
      median = values.median
      least = values.min() ?? .nan
      greatest = values.max() ?? .nan
    }
  }

  public let model: String
  public let type: WeightFormat
  public let parameters: Int
  /// Tokens of a prompt.
  public let prompt: Int
  /// Tokens behind it.
  public let new: Int
  /// Texts at once.
  public let batch: Int
  public let repeats: Int
  public let threads: Int
  public let processor: String
  /// Tokens a second, all texts together.
  public let prefillTokensPerSecond: Rate
  /// Tokens a second, all texts together; absent where none are written.
  public let decodingTokensPerSecond: Rate?
  /// Weights, and keys and values half-way through the new tokens.
  public let bytesPerStep: Int
  /// Of the median, in bytes a second.
  public let bandwidth: Double?
  /// What plain reading reached on the same threads: the median over the repetitions, each measured
  /// with its own.
  public let machineBandwidth: Double
  /// The bandwidth of a repetition ÷ that of plain reading beside it: the median.
  public let bandwidthFraction: Double?
  public let peakResidentBytes: Int

  init(
    _ benchmark: GenerationBenchmark, _ times: [GenerationBenchmark.Times], bytesPerStep: Int,
    peakResidentBytes: Int
  ) {
    let settings = benchmark.settings
    model = benchmark.name
    type = benchmark.type
    parameters = benchmark.parameters
    (prompt, new, batch) = (settings.prompt, settings.new, settings.batch)
    (repeats, threads) = (settings.repeats, settings.threads)
    processor = MachineReport().processor
    prefillTokensPerSecond = Rate(
      times.map { Double(settings.batch * settings.prompt) / $0.prefill })
    let decoding = Rate(times.map { Double(settings.batch * settings.new) / $0.decoding })
    decodingTokensPerSecond = settings.new > 0 ? decoding : nil
    self.bytesPerStep = bytesPerStep
    let reached = Double(bytesPerStep) * decoding.median / Double(settings.batch)
    bandwidth = settings.new > 0 ? reached : nil
    machineBandwidth = times.map(\.reading).median
    let fractions = times.map {
      Double(bytesPerStep * settings.new) / $0.decoding / $0.reading
    }
    bandwidthFraction = settings.new > 0 ? fractions.median : nil
    self.peakResidentBytes = peakResidentBytes
  }

  /// The record as this project writes JSON.
  public func json() throws -> Data { try JSONRecord.encode(self) }
}
