import Foundation
import Kernels
import Tensors

/// Generates tokens one at a time, with a cache of what the model kept of those before.
public struct TokenGenerator<Model: LanguageModel>: Sendable {
  /// How the next token is chosen.
  public enum Choice: Sendable {
    /// The most likely token; the first of equals.
    case greedy
    /// Drawn from softmax(logits / temperature), as a function of the seed and the position.
    case sampled(temperature: Double, seed: UInt64)
  }

  private let model: Model
  private var cache: Model.Cache
  private var pending: [Int32]
  /// Tokens in the cache.
  public private(set) var position = 0
  private let capacity: Int

  /// - Parameters:
  ///   - prompt: At least one token.
  ///   - capacity: The most tokens, the prompt's included.
  public init(_ model: Model, prompt: [Int32], capacity: Int) {
    precondition(!prompt.isEmpty, "generation needs at least 1 token to start from")
    self.model = model
    self.capacity = capacity
    cache = model.makeCache(capacity: capacity)
    pending = prompt
  }

  /// Whether the cache has room for another step.
  public var isFull: Bool { position + pending.count > capacity }

  /// The next token, which the one after it will follow.
  public mutating func next(_ choice: Choice) -> Int32 {
    let hidden = model.hiddenStates(of: pending, cache: &cache)
    position += pending.count
    let logits = linear(hidden.rows([Int32(hidden.shape.rows - 1)]), model.outputTable).scalars
    let token = Self.pick(logits, choice, position: position)
    pending = [token]
    return token
  }

  private static func pick(_ logits: [Float], _ choice: Choice, position: Int) -> Int32 {
    var best = 0
    for (index, logit) in logits.enumerated() where logit > logits[best] { best = index }
    guard case .sampled(let temperature, let seed) = choice, temperature > 0 else {
      return Int32(best)
    }
    let largest = Double(logits[best])
    let weights = logits.map { exp((Double($0) - largest) / temperature) }
    var rest =
      RandomKernel.uniform(seed: seed, stream: 0, index: UInt64(position)) * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return Int32(index) }
    }
    return Int32(best)
  }
}
