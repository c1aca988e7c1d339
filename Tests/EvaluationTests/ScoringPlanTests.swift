import Evaluation
import Testing

@Suite struct ScoringPlanTests {
  private func request(_ context: [Int32], _ continuation: [Int32]) -> TokenizedRequest {
    TokenizedRequest(context: context, continuation: continuation)
  }

  @Test func longestFirstInBatchesThatFit() {
    var plan = ScoringPlan()
    let slots = [
      plan.add(request([1], [2])), plan.add(request([1, 2, 3], [4])),
      plan.add(request([1, 2], [4])), plan.add(request([1], [2])),
      plan.add(request([1, 2], [3])), plan.add(request([1], [2, 3, 4, 5, 6, 7, 8, 9, 10])),
    ]
    #expect(slots == [0, 1, 2, 0, 3, 4])
    // Lengths 2, 4, 3, 3, 10: the longest exceeds the budget and stands alone.
    #expect(plan.batches(tokensPerBatch: 8) == [[4], [1, 3], [2, 0]])
    #expect(plan.batches(tokensPerBatch: 1) == [[4], [1], [3], [2], [0]])
    #expect(plan.batches(tokensPerBatch: 100) == [[4, 1, 3, 2, 0]])
    #expect(ScoringPlan().batches(tokensPerBatch: 8).isEmpty)
  }

  @Test func sameTokensSplitElsewhereAreAnotherRequest() {
    var plan = ScoringPlan()
    #expect(plan.add(request([1, 2], [3])) == 0)
    #expect(plan.add(request([1], [2, 3])) == 1)
  }
}
