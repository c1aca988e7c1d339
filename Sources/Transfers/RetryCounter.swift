import Foundation

/// Counts attempts that bring nothing, and waits between them.
struct RetryCounter {
  private let policy: TransferPolicy
  private let seed: UInt64
  private(set) var attempts = 0

  init(policy: TransferPolicy, name: String) {
    self.policy = policy
    // FNV-1a (RFC draft-eastlake-fnv): the same name waits the same times in every run.
    seed = name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  mutating func madeProgress() { attempts = 0 }

  /// Waits for the next attempt.
  ///
  /// - Throws: The error, if it is for good or was the last attempt's.
  mutating func wait(after failure: TransferFailure) throws(TransferError) {
    guard case .passing(let error, let retryAfter) = failure else {
      if case .permanent(let error) = failure { throw error }
      return
    }
    attempts += 1
    var limit = policy.attemptLimit
    if case .hostNotFound = error { limit = min(limit, policy.resolveAttemptLimit) }
    guard attempts < limit else {
      if attempts == 1 { throw error }
      throw .gaveUp(attempts: attempts, error)
    }
    var delay = policy.delay(afterAttempt: attempts, seed: seed)
    if let retryAfter { delay = max(delay, min(retryAfter, policy.longestRetryAfter)) }
    policy.report(
      TransferRetry(error: error, attempt: attempts, attemptLimit: limit, delay: delay))
    let clock = ContinuousClock()
    let end = clock.now + delay
    while clock.now < end {
      if policy.isCancelled() { throw .cancelled(address: error.address, byte: error.byte) }
      Thread.sleep(forTimeInterval: min(clock.now.duration(to: end).inSeconds, 0.1))
    }
  }
}
