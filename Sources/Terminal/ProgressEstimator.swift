import Foundation

/// The speed of a task, smoothed, and the time that the rest of it should take.
///
/// Both the work and the time spent on it decay with age, and the rate is their quotient:
///
///     work ← work · e^(−Δt/τ) + Δn,   time ← time · e^(−Δt/τ) + Δt,   rate = work / time.
///
/// Being a quotient it needs no correction at the start, and steps that take long count by how
/// long they take.
public struct ProgressEstimator: Sendable {
  /// The time constant τ in seconds.
  public let smoothingSeconds: Double
  private var work = 0.0
  private var time = 0.0
  private var lastCompleted: Int
  private var lastSeconds: Double

  /// Creates an estimator for a task that has `completed` done already at a time.
  ///
  /// What is done at the start is not counted as speed: a resumed run did it earlier. The default
  /// time constant is a minute, so that a pause for a checkpoint of a few seconds does not
  /// unsettle the estimate while a lasting change of speed shows within two or three minutes.
  public init(completed: Int, atSeconds seconds: Double, smoothingSeconds: Double = 60) {
    lastCompleted = completed
    lastSeconds = seconds
    self.smoothingSeconds = smoothingSeconds
  }

  /// Notes how much is done at a time; a time that does not advance is ignored.
  public mutating func record(completed: Int, atSeconds seconds: Double) {
    let elapsed = seconds - lastSeconds
    guard elapsed > 0, elapsed.isFinite else { return }
    let decay = exp(-elapsed / smoothingSeconds)
    work = work * decay + Double(completed) - Double(lastCompleted)
    time = time * decay + elapsed
    lastCompleted = completed
    lastSeconds = seconds
  }

  /// The smoothed rate a second; nil before any progress.
  public var ratePerSecond: Double? {
    time > 0 && work > 0 ? work / time : nil
  }

  /// Returns the seconds until `total` is reached at the present rate; nil before any progress.
  public func remainingSeconds(total: Int) -> Double? {
    ratePerSecond.map { max(0, Double(total) - Double(lastCompleted)) / $0 }
  }
}
