import Kernels
import Models
import Tensors

/// A model that continues texts.
public protocol LanguageModelGenerator: LanguageModelScorer {
  /// Returns the most likely continuation of every prompt, token by token, in order.
  ///
  /// Every prompt has at least one token and fits: `contextLength - maximumTokens` at most, so that
  /// no token is read beyond the context.
  ///
  /// - Parameters:
  ///   - maximumTokens: Where a continuation ends in any case.
  ///   - isFinished: Told a prompt's place and its continuation after every token; true ends it,
  ///     its last token included.
  mutating func generate(
    _ prompts: [[Int32]], maximumTokens: Int, isFinished: (_ prompt: Int, [Int32]) throws -> Bool
  ) throws -> [[Int32]]
}

/// Several prompts go on at once, so that a product by a weight serves all of them; what they share
/// at their beginnings is computed once.
extension ModelScorer: LanguageModelGenerator {
  /// The sequences that go on at once: a weight is read from memory once for all of them, and 32
  /// rows of a product take little longer than one.
  private static var sequencesAtOnce: Int { 32 }

  public mutating func generate(
    _ prompts: [[Int32]], maximumTokens: Int, isFinished: (_ prompt: Int, [Int32]) throws -> Bool
  ) throws -> [[Int32]] {
    var results = [[Int32]](repeating: [], count: prompts.count)
    guard maximumTokens > 0 else { return results }
    if let long = prompts.first(where: { $0.isEmpty || $0.count + maximumTokens > contextLength }) {
      preconditionFailure(
        "a prompt of \(long.count) tokens and \(maximumTokens) more in a context of "
          + "\(contextLength)")
    }
    // Neighbours share the most.
    let order = prompts.indices.sorted { first, second in
      prompts[first] != prompts[second]
        ? prompts[first].lexicographicallyPrecedes(prompts[second]) : first < second
    }
    for start in stride(from: 0, to: order.count, by: Self.sequencesAtOnce) {
      let group = Array(order[start..<min(start + Self.sequencesAtOnce, order.count)])
      let continuations = try continueGroup(
        group.map { prompts[$0] }, maximumTokens: maximumTokens
      ) { try isFinished(group[$0], $1) }
      for (index, tokens) in zip(group, continuations) { results[index] = tokens }
    }
    return results
  }

  private mutating func continueGroup(
    _ prompts: [[Int32]], maximumTokens: Int, isFinished: (Int, [Int32]) throws -> Bool
  ) throws -> [[Int32]] {
    // The token asked for is not known yet; what stands for it is not read.
    let packed = PackedRequests(
      prompts.map { TokenizedRequest(context: $0, continuation: [0]) }, carried: carried)
    let caches = model.makeDecodingCaches(capacities: prompts.map { $0.count + maximumTokens })
    let hidden = model.hiddenStates(
      of: packed.tokens, along: packed.runs, rows: packed.rows, prefix: &prefix, filling: caches,
      ends: packed.ends)
    carried = packed.lastSequence
    computedTokens += packed.tokens.count
    let first = mostLikelyTokens(hidden: hidden, table: model.outputTable, prepared: table)
    var results = packed.targets.map { [first[$0.row]] }
    var active = try results.indices.filter { try !isFinished($0, results[$0]) }
    for _ in 1..<max(maximumTokens, 1) where !active.isEmpty {
      let hidden = model.hiddenStates(
        ofNext: active.map { results[$0][results[$0].count - 1] }, sequences: active,
        caches: caches)
      computedTokens += active.count
      let next = mostLikelyTokens(hidden: hidden, table: model.outputTable, prepared: table)
      for (index, token) in zip(active, next) { results[index].append(token) }
      active = try active.filter { try !isFinished($0, results[$0]) }
    }
    return results
  }
}
