import Dispatch
import Synchronization

/// The bootstrap's estimate of a standard error, drawn as lm-evaluation-harness draws it.
///
/// 100,000 resamples with replacement in a hundred chunks of a thousand, chunk `i` by a generator
/// seeded `i`; the spread of the statistic over the resamples is the estimate. Chunks are shared
/// among threads and joined in order, so that the figure does not depend on their number.
enum Bootstrap {
  private static let chunkCount = 100
  private static let resamplesPerChunk = 1_000

  /// Returns the deviation of `statistic(mean of a resample)`; nil of no values.
  static func standardError(
    of values: [Double], statistic: @escaping @Sendable (Double) -> Double
  ) -> Double? {
    if values.isEmpty { return nil }
    let chunks = Mutex([[Double]](repeating: [], count: chunkCount))
    DispatchQueue.concurrentPerform(iterations: chunkCount) { chunk in
      let drawn = resampled(values, chunk: chunk).map(statistic)
      chunks.withLock { $0[chunk] = drawn }
    }
    return Statistics.deviation(of: chunks.withLock { $0 }.flatMap { $0 })
  }

  /// The means of a chunk's resamples.
  private static func resampled(_ values: [Double], chunk: Int) -> [Double] {
    var generator = MersenneTwister(seed: UInt32(chunk))
    let count = Double(values.count)
    return values.withUnsafeBufferPointer { values in
      (0..<resamplesPerChunk).map { _ in
        var sum = 0.0
        for _ in values.indices { sum += values[Int(generator.unitInterval() * count)] }
        return sum / count
      }
    }
  }
}
