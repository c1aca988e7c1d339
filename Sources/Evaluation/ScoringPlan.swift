/// Requests to score, each distinct one once, in the order of their tokens.
///
/// In that order requests that share a beginning stand together: a document's choices share its
/// context, few-shot prompts their examples. A scorer that computes what neighbours share once, as
/// ``ModelScorer`` does, then computes each shared token once.
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

  /// Returns slots in batches that add at most `tokensPerBatch` tokens to what came before them.
  ///
  /// A request adds the tokens after those that it shares with the request before it, its last one
  /// not counted, which is never read. One that adds more makes a batch of its own. Ties go to the
  /// shorter context, then to the earlier request, so that the order depends on nothing but the
  /// requests.
  package func batches(tokensPerBatch: Int) -> [[Int]] {
    let sequences = requests.map { $0.context + $0.continuation }
    let order = requests.indices.sorted { first, second in
      if sequences[first] != sequences[second] {
        return sequences[first].lexicographicallyPrecedes(sequences[second])
      }
      let (left, right) = (requests[first].context.count, requests[second].context.count)
      return (left, first) < (right, second)
    }
    var batches: [[Int]] = []
    var (before, room) = ([Int32](), 0)
    for slot in order {
      let sequence = Array(sequences[slot].dropLast())
      let added = sequence.count - sequence.commonPrefixCount(with: before)
      before = sequence
      if let last = batches.indices.last, added <= room {
        batches[last].append(slot)
        room -= added
      } else {
        batches.append([slot])
        room = tokensPerBatch - added
      }
    }
    return batches
  }

  /// Scores every batch and returns the scores by slot; `afterBatch` is told the slots just scored.
  ///
  /// - Parameter journal: Keeps every batch's scores, and has those of an earlier start.
  func run(
    with scorer: inout some LanguageModelScorer, tokensPerBatch: Int,
    journal: EvaluationJournal? = nil, afterBatch: ([Int]) throws -> Void = { _ in }
  ) throws -> [RequestScore] {
    var scores = [RequestScore](
      repeating: RequestScore(logLikelihood: 0, isGreedy: false), count: requests.count)
    for batch in batches(tokensPerBatch: tokensPerBatch) {
      let batchRequests = batch.map { requests[$0] }
      let batchScores =
        try journal?.scores(of: batchRequests) ?? scorer.score(batchRequests)
      try journal?.record(batchScores, of: batchRequests)
      precondition(
        batchScores.count == batch.count,
        "scorer: \(batch.count) requests but \(batchScores.count) scores")
      for (slot, score) in zip(batch, batchScores) { scores[slot] = score }
      try afterBatch(batch)
    }
    return scores
  }
}
