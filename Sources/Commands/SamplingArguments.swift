import ArgumentParser
import Generation
import Interchange

/// How tokens are drawn, as far as the command line says; the model's own settings are the defaults.
struct SamplingArguments: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "0 for the most likely token; 1 for the model's own distribution.")
  var temperature: Double?

  @Option(parsing: .unconditional, help: "Draw from so many of the most likely tokens; 0: all.")
  var topK: Int?

  @Option(
    parsing: .unconditional,
    help: "Draw from the most likely tokens that together have this probability.")
  var topP: Double?

  @Option(
    parsing: .unconditional,
    help: "Draw from tokens of at least this fraction of the greatest probability.")
  var minP: Double?

  @Option(
    parsing: .unconditional,
    help: "Make tokens that came before less likely: above 1; 1 changes nothing.")
  var repetitionPenalty: Double?

  @Option(help: "What the draws are a function of.")
  var seed: UInt64 = 0

  /// Whether the command line says from which tokens to draw.
  var limitsDraws: Bool { topK != nil || topP != nil || minP != nil }

  func validate() throws {
    func require(_ name: String, _ value: Double?, _ expected: String, _ holds: (Double) -> Bool)
      throws
    {
      guard let value, !(value.isFinite && holds(value)) else { return }
      throw ValidationError("--\(name) is \(value), expected \(expected)")
    }
    try require("temperature", temperature, "0 or more") { $0 >= 0 }
    try require("top-p", topP, "more than 0 and at most 1") { $0 > 0 && $0 <= 1 }
    try require("min-p", minP, "0 to 1") { $0 >= 0 && $0 <= 1 }
    try require("repetition-penalty", repetitionPenalty, "more than 0") { $0 > 0 }
    if let topK, topK < 0 { throw ValidationError("--top-k is \(topK), expected 0 or more") }
  }

  /// What is not given is as the model's publisher says, else as ``SamplingOptions`` has it.
  func options(defaults: GenerationSettings) -> SamplingOptions {
    var options = SamplingOptions(seed: seed)
    options.temperature = temperature ?? defaults.temperature ?? options.temperature
    options.topK = topK ?? defaults.topK ?? options.topK
    options.topP = topP ?? defaults.topP ?? options.topP
    options.minP = minP ?? options.minP
    options.repetitionPenalty =
      repetitionPenalty ?? defaults.repetitionPenalty ?? options.repetitionPenalty
    return options
  }
}
