import Evaluation
import Testing

@Suite struct ScoringPlanTests {
  private func request(_ context: [Int32], _ continuation: [Int32]) -> TokenizedRequest {
    TokenizedRequest(context: context, continuation: continuation)
  }

  /// Sequences in their order: 1 | 1 2 | 1 2 3 | 1 2 | 1 9 9 9 9, each without the token that is
  /// only a target; they add 1, 1, 1, 0 and 4 tokens.
  @Test func neighboursShareWhatTheyBeginWith() {
    var plan = ScoringPlan()
    let slots = [
      plan.add(request([1, 9, 9], [9, 9, 9])), plan.add(request([1, 2, 3], [4])),
      plan.add(request([1, 2], [4])), plan.add(request([1], [2])),
      plan.add(request([1, 2], [3])), plan.add(request([1], [2])),
    ]
    #expect(slots == [0, 1, 2, 3, 4, 3])
    #expect(plan.batches(tokensPerBatch: 100) == [[3, 4, 1, 2, 0]])
    #expect(plan.batches(tokensPerBatch: 2) == [[3, 4], [1, 2], [0]])
    #expect(plan.batches(tokensPerBatch: 1) == [[3], [4], [1, 2], [0]])
    #expect(ScoringPlan().batches(tokensPerBatch: 8).isEmpty)
  }

  @Test func sameTokensSplitElsewhereAreAnotherRequest() {
    var plan = ScoringPlan()
    #expect(plan.add(request([1, 2], [3])) == 0)
    #expect(plan.add(request([1], [2, 3])) == 1)
  }
}
