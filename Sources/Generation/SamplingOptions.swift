/// How the next token is drawn from a model's scores.
///
/// The steps are taken in the order that users of other engines know: repetition penalty, top-k,
/// top-p, min-p, temperature.
public struct SamplingOptions: Sendable, Hashable {
  /// What scores are divided by; 0 takes the most likely token.
  public var temperature: Double
  /// Only so many of the most likely tokens are drawn from; 0 means all.
  public var topK: Int
  /// Only the most likely tokens are drawn from that together have this probability; 1 means all.
  public var topP: Double
  /// Tokens less likely than this fraction of the most likely one's probability are not drawn.
  public var minP: Double
  /// What a score above 0 of a token that has come before is divided by, and one below 0 multiplied
  /// by (arXiv:1909.05858); 1 changes nothing.
  public var repetitionPenalty: Double
  /// What the draws are a function of.
  public var seed: UInt64

  public init(
    temperature: Double = 0, topK: Int = 0, topP: Double = 1, minP: Double = 0,
    repetitionPenalty: Double = 1, seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.seed = seed
  }
}
