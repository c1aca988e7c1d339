import Terminal
import Testing

@Suite struct ProgressEstimatorTests {
  @Test func isExactAtAConstantSpeed() throws {
    // Resumed at 1,000: what was done before is no speed.
    var estimator = ProgressEstimator(completed: 1_000, atSeconds: 50)
    #expect(estimator.remainingSeconds(total: 2_000) == nil)
    for step in 1...20 {
      estimator.record(completed: 1_000 + step * 3, atSeconds: 50 + Double(step) * 1.5)
      #expect(abs(try #require(estimator.ratePerSecond) - 2) < 1e-12)
    }
    #expect(abs(try #require(estimator.remainingSeconds(total: 1_160)) - 50) < 1e-9)
    #expect(estimator.remainingSeconds(total: 5) == 0)
  }

  @Test func followsAChangeOfSpeed() throws {
    var estimator = ProgressEstimator(completed: 0, atSeconds: 0, smoothingSeconds: 10)
    for second in 1...100 { estimator.record(completed: second * 10, atSeconds: Double(second)) }
    for second in 1...10 {
      estimator.record(completed: 1_000 + second, atSeconds: 100 + Double(second))
    }
    // After one time constant 1/e of the old speed's excess is left: 1 + 9/e.
    #expect(abs(try #require(estimator.ratePerSecond) - 4.311) < 0.01)
  }

  @Test func ignoresAClockThatStands() {
    var estimator = ProgressEstimator(completed: 0, atSeconds: 1)
    estimator.record(completed: 5, atSeconds: 1)
    estimator.record(completed: 5, atSeconds: 0)
    #expect(estimator.ratePerSecond == nil)
    estimator.record(completed: 10, atSeconds: 3)
    #expect(estimator.ratePerSecond == 5)
  }
}
