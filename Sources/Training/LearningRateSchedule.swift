import Foundation

/// The learning rate as a function of the step: a linear warm-up, then half a cosine.
public struct LearningRateSchedule: Sendable, Hashable, Encodable {
  /// Steps before the maximum is reached.
  public var warmupSteps: Int
  /// The rate of step 0.
  public var initial: Double
  /// The rate at the end of the warm-up.
  public var maximum: Double
  /// The rate that the cosine ends at.
  public var minimum: Double

  /// The reference's initial rate is 1e-6 and its minimum a tenth of the maximum.
  public init(
    warmupSteps: Int, initial: Double = 1e-6, maximum: Double, minimum: Double? = nil
  ) {
    self.warmupSteps = warmupSteps
    self.initial = initial
    self.maximum = maximum
    self.minimum = minimum ?? maximum / 10
  }

  /// The rate of `step`, counted from 0, in a run of `totalSteps`.
  ///
  /// initial + step · (maximum − initial) / warmup, then
  /// minimum + (maximum − minimum) · (1 + cos(π · progress)) / 2, as CoreNet's cosine scheduler.
  public func learningRate(at step: Int, of totalSteps: Int) -> Double {
    if step < warmupSteps {
      return initial + Double(step) * (maximum - initial) / Double(warmupSteps)
    }
    // As the reference counts: the cosine would end one step after the last.
    let length = max(1, totalSteps - warmupSteps + 1)
    let progress = min(1, Double(step - warmupSteps) / Double(length))
    return minimum + 0.5 * (maximum - minimum) * (1 + cos(.pi * progress))
  }
}
