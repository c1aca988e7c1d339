import Evaluation
import Testing

/// Expected windows are lm-evaluation-harness's for the same arguments.
@Suite struct RollingWindowsTests {
  private func windows(_ count: Int32, contextLength: Int) -> [TokenizedRequest] {
    RollingWindows.windows(
      over: Array(10..<(10 + count)), prefix: 1, contextLength: contextLength)
  }

  private func request(_ context: [Int32], _ continuation: [Int32]) -> TokenizedRequest {
    TokenizedRequest(context: context, continuation: continuation)
  }

  @Test func windowsAreTheHarnesss() {
    #expect(windows(0, contextLength: 4).isEmpty)
    #expect(windows(3, contextLength: 4) == [request([1], [10, 11, 12])])
    #expect(windows(4, contextLength: 4) == [request([1], [10, 11, 12, 13])])
    #expect(
      windows(5, contextLength: 4) == [
        request([1], [10, 11, 12, 13]), request([10, 11, 12, 13], [14]),
      ])
    #expect(
      windows(10, contextLength: 4) == [
        request([1], [10, 11, 12, 13]), request([13], [14, 15, 16, 17]),
        request([15, 16, 17], [18, 19]),
      ])
    #expect(
      windows(3, contextLength: 1) == [
        request([1], [10]), request([10], [11]), request([11], [12]),
      ])
  }

  @Test func everyTokenIsPredictedOnceWithinTheContext() {
    for count in Int32(1)...40 {
      for contextLength in 1...9 {
        let windows = windows(count, contextLength: contextLength)
        #expect(windows.flatMap(\.continuation) == Array(10..<(10 + count)))
        #expect(windows.allSatisfy { $0.count <= contextLength + 1 && !$0.context.isEmpty })
      }
    }
  }
}
