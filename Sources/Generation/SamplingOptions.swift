/// How the next token is drawn from a model's scores.
///
/// The steps are taken in the order of Hugging Face's transformers: repetition penalty, temperature,
/// top-k, top-p, min-p. So top-p and min-p see the distribution that is drawn from, and settings that
/// a model was published with (`generation_config.json`) keep the meaning that its publisher gave
/// them. llama.cpp's default order differs in one place: its temperature comes last, so that at
/// temperatures above 1 its top-p and min-p keep fewer tokens than here, and below 1 more.
///
/// Equals are treated alike where the rule lets them be: all scores that equal the k-th are kept by
/// top-k, as in transformers. Of scores that are equal where top-p's probability is reached, the
/// first ones are kept.
public struct SamplingOptions: Sendable, Hashable {
  /// What scores are divided by; 0 takes the most likely token, the first of equals.
  public var temperature: Double
  /// Only so many of the most likely tokens are drawn from; 0 means all.
  public var topK: Int
  /// Only the most likely tokens are drawn from that together have this probability; 1 means all.
  public var topP: Double
  /// Tokens less likely than this fraction of the most likely one's probability are not drawn.
  public var minP: Double
  /// What a score above 0 of a token that has come before, in the prompt or after it, is divided by,
  /// and one below 0 multiplied by (arXiv:1909.05858); 1 changes nothing.
  public var repetitionPenalty: Double
  /// What the draws are a function of, together with a token's place in its text.
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

  /// What makes these no options, if anything does.
  public var fault: String? {
    if !(temperature >= 0 && temperature.isFinite) {
      return "a temperature of \(temperature), expected 0 or more"
    }
    if topK < 0 { return "top-k of \(topK), expected 1 or more, or 0 for all" }
    if !(topP > 0 && topP <= 1) { return "top-p of \(topP), expected more than 0 and at most 1" }
    if !(minP >= 0 && minP <= 1) { return "min-p of \(minP), expected 0 to 1" }
    if !(repetitionPenalty > 0 && repetitionPenalty.isFinite) {
      return "a repetition penalty of \(repetitionPenalty), expected more than 0"
    }
    return nil
  }
}
