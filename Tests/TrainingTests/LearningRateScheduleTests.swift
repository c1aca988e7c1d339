import Testing
import Training

@Suite struct LearningRateScheduleTests {
  /// The reference's rates for OpenELM-270M.
  @Test func theReferencesRates() {
    let schedule = LearningRateSchedule(warmupSteps: 5_000, maximum: 0.0053)
    let expected: [(step: Int, rate: Double)] = [
      (0, 1e-06), (1, 2.0598e-06), (2_500, 0.0026505), (4_999, 0.0052989402), (5_000, 0.0053),
      (5_001, 0.005299999999901118), (50_000, 0.005102550082667635),
      (175_000, 0.0029693009256890395), (300_000, 0.000772973588813995),
      (349_999, 0.0005300000003955281), (350_000, 0.0005300000000988819),
    ]
    for (step, rate) in expected {
      let found = schedule.learningRate(at: step, of: 350_000)
      #expect(abs(found - rate) <= 1e-12 * rate, "step \(step): \(found), expected \(rate)")
    }
  }

  @Test func aRunShorterThanItsWarmUp() {
    let schedule = LearningRateSchedule(warmupSteps: 100, initial: 0, maximum: 1)
    #expect(schedule.learningRate(at: 9, of: 10) == 0.09)
  }

  @Test func noWarmUp() {
    let schedule = LearningRateSchedule(warmupSteps: 0, maximum: 1, minimum: 0.1)
    #expect(schedule.learningRate(at: 0, of: 10) == 1)
  }
}
