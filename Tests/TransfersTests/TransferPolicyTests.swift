import Testing

import Transfers

@Suite struct TransferPolicyTests {
  @Test func waitsDoubleUpToALimit() {
    let policy = TransferPolicy()
    for attempt in 1...12 {
      let longest = min(0.5 * Double(1 << (attempt - 1)), 60)
      for seed in UInt64(0)..<50 {
        let wait = policy.delay(afterAttempt: attempt, seed: seed).inSeconds
        #expect(wait >= longest / 2 - 1e-9 && wait <= longest + 1e-9)
      }
    }
    #expect(policy.delay(afterAttempt: 10_000, seed: 1) <= .seconds(60))
  }

  @Test func waitsOfOneSeedAreTheSameAndOfOthersDiffer() {
    let policy = TransferPolicy()
    let waits = (0..<100).map { policy.delay(afterAttempt: 3, seed: $0) }
    #expect(waits == (0..<100).map { policy.delay(afterAttempt: 3, seed: $0) })
    #expect(Set(waits).count == 100)
  }

  @Test func tenAttemptsOutlastARestart() {
    let policy = TransferPolicy()
    let total = (1..<policy.attemptLimit).map { policy.delay(afterAttempt: $0, seed: 7).inSeconds }
      .reduce(0, +)
    #expect((91...184).contains(total))
  }

  @Test func errorsNameTheAddressAndTheRemedy() {
    let error = TransferError.gaveUp(
      attempts: 3, .stalled(address: "https://host/x", byte: 5, seconds: 60))
    #expect(
      error.description
        == "https://host/x: nothing came for 60.0 s at byte 5; check the network, or try later "
        + "(3 attempts without a new byte)")
  }
}
