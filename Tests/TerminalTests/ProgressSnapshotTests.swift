import Terminal
import Testing

@Suite struct ProgressSnapshotTests {
  private let snapshot = ProgressSnapshot(
    completed: 120, total: 400, details: ["loss 3.21", "1,234 tokens/s"],
    timing: .remaining(seconds: 43))

  @Test func drawsTheBar() {
    #expect(
      snapshot.rendered(width: 80, for: .init())
        == "step 120/400 ━━━━━━────────────── 30%  loss 3.21  1,234 tokens/s  0:43 left")
    var half = snapshot
    half.completed = 130
    #expect(
      half.rendered(width: 80, for: .init(usesUnicode: false))
        == "step 130/400 ======>------------- 32%  loss 3.21  1,234 tokens/s  0:43 left")
  }

  @Test func givesWayInOrder() {
    #expect(
      snapshot.rendered(width: 60, for: .init())
        == "step 120/400 ━╸─── 30%  loss 3.21  1,234 tokens/s  0:43 left")
    #expect(
      snapshot.rendered(width: 54, for: .init())
        == "step 120/400 30%  loss 3.21  1,234 tokens/s  0:43 left")
    #expect(snapshot.rendered(width: 53, for: .init()) == "step 120/400 30%  loss 3.21  0:43 left")
    #expect(snapshot.rendered(width: 30, for: .init()) == "step 120/400 30%  0:43 left")
    #expect(snapshot.rendered(width: 20, for: .init()) == "step 120/400 30%")
    for width in 0...100 {
      #expect(DisplayWidth.of(snapshot.rendered(width: width, for: .init())) <= width)
    }
  }

  @Test func saysAllOnlyWhenDone() {
    var state = ProgressSnapshot(completed: 999, total: 1_000)
    #expect(state.plainLine == "step   999/1,000 99%")
    state.completed = 1_000
    #expect(state.rendered(width: 40, for: .init()) == "step 1,000/1,000 ━━━━━━━━━━ 100%")
    state.completed = 2_000
    #expect(state.fraction == 1)
  }

  @Test func worksWithoutATotal() {
    let state = ProgressSnapshot(
      label: "line", completed: 1_234, total: nil, details: ["7 errors"],
      timing: .elapsed(seconds: 62))
    #expect(state.rendered(width: 80, for: .init()) == "line 1,234  7 errors  1:02 elapsed")
    #expect(ProgressSnapshot(completed: 3, total: 0).fraction == nil)
  }
}
