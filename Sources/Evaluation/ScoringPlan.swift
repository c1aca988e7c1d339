/// Requests to score, each distinct one once, longest first.
///
/// Longest first, as lm-evaluation-harness sorts them, so that a batch needs little padding and the
/// greatest demand for memory comes at the start rather than near the end.
package struct ScoringPlan: Sendable {
  /// The distinct requests in the order in which they came.
  package private(set) var requests: [TokenizedRequest] = []
  private var slots: [TokenizedRequest: Int] = [:]

  package init() {}

  /// Returns the slot that will hold the request's score.
  package mutating func add(_ request: TokenizedRequest) -> Int {
    if let slot = slots[request] { return slot }
    slots[request] = requests.count
    requests.append(request)
    return requests.count - 1
  }

  /// Returns slots in batches of at most `tokensPerBatch` tokens, padding to the longest counted.
  ///
  /// A request longer than that makes a batch of its own. Ties go to the smaller tokens, then to
  /// the earlier request, so that the order depends on nothing but the requests.
  package func batches(tokensPerBatch: Int) -> [[Int]] {
    let order = requests.indices.sorted { first, second in
      let (left, right) = (requests[first], requests[second])
      if left.count != right.count { return left.count > right.count }
      if left.context != right.context {
        return left.context.lexicographicallyPrecedes(right.context)
      }
      if left.continuation != right.continuation {
        return left.continuation.lexicographicallyPrecedes(right.continuation)
      }
      return first < second
    }
    var batches: [[Int]] = []
    var rowCapacity = 0
    for slot in order {
      if let last = batches.indices.last, batches[last].count < rowCapacity {
        batches[last].append(slot)
        continue
      }
      rowCapacity = max(1, tokensPerBatch / requests[slot].count)
      batches.append([slot])
    }
    return batches
  }

  /// Scores every batch and returns the scores by slot; `afterBatch` is told the slots just scored.
  func run(
    with scorer: inout some LanguageModelScorer, tokensPerBatch: Int,
    afterBatch: ([Int]) throws -> Void = { _ in }
  ) throws -> [RequestScore] {
    var scores = [RequestScore](
      repeating: RequestScore(logLikelihood: 0, isGreedy: false), count: requests.count)
    for batch in batches(tokensPerBatch: tokensPerBatch) {
      let batchScores = try scorer.score(batch.map { requests[$0] })
      precondition(
        batchScores.count == batch.count,
        "scorer: \(batch.count) requests but \(batchScores.count) scores")
      for (slot, score) in zip(batch, batchScores) { scores[slot] = score }
      try afterBatch(batch)
    }
    return scores
  }
}
