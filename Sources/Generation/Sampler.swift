import Kernels

/// Chooses tokens by ``SamplingOptions``.
///
/// A draw is a function of the seed and the token's place in its text alone, so that a text is the
/// same whatever others are written beside it and however many of its tokens are guessed ahead. It
/// works in memory of its own: nothing is allocated a token.
public final class Sampler {
  public let options: SamplingOptions
  /// Tokens below this are chosen from: a model's table may have more rows than there are tokens.
  public let limit: Int
  private let selection: ScoreSelection
  private let limits: ScoreSelection.Limits

  /// - Parameter limit: How many tokens there are.
  /// - Throws: ``GenerationError/invalidOptions(_:)``.
  public init(_ options: SamplingOptions, limit: Int) throws(GenerationError) {
    if let fault = options.fault { throw .invalidOptions(fault) }
    self.options = options
    self.limit = limit
    selection = ScoreSelection(capacity: limit)
    limits = ScoreSelection.Limits(
      temperature: options.temperature, topK: options.topK, topP: options.topP, minP: options.minP)
  }

  /// The token for a place of a text, from its scores [V]; a penalty changes them.
  ///
  /// - Parameter earlier: The tokens that came before, each once; the penalty's.
  /// - Throws: ``GenerationError/notFinite(token:score:position:)``.
  public func choose(
    from scores: UnsafeMutableBufferPointer<Float>, position: Int, after earlier: [Int32] = []
  ) throws(GenerationError) -> Int32 {
    precondition(scores.count >= limit, "\(scores.count) scores for \(limit) tokens")
    let scores = UnsafeMutableBufferPointer(rebasing: scores[..<limit])
    if options.repetitionPenalty != 1 { penalize(earlier, in: scores) }
    let rows = UnsafeBufferPointer(scores)
    let place =
      options.temperature == 0
      ? selection.greatest(rows)
      : selection.draw(
        rows, limits,
        uniform: RandomKernel.uniform(seed: options.seed, stream: 0, index: UInt64(position)))
    guard let place else { throw notFinite(rows, position) }
    return Int32(truncatingIfNeeded: place)
  }

  /// Makes what has come before less likely.
  private func penalize(_ tokens: [Int32], in scores: UnsafeMutableBufferPointer<Float>) {
    let penalty = Float(options.repetitionPenalty)
    for token in tokens where token >= 0 && Int(token) < scores.count {
      let score = scores[Int(token)]
      scores[Int(token)] = score < 0 ? score * penalty : score / penalty
    }
  }

  private func notFinite(
    _ scores: UnsafeBufferPointer<Float>, _ position: Int
  ) -> GenerationError {
    let place = scores.firstIndex { !$0.isFinite } ?? 0
    return .notFinite(token: Int32(place), score: scores[place], position: position)
  }
}
