import Foundation

/// Random numbers as a function of (seed, stream, index): Philox 4×32-10 (Salmon et al., 2011).
///
/// A counter-based generator needs no state beyond the three numbers, so a parameter's initial
/// value does not depend on what was drawn before it, nor on the number of threads.
public enum RandomKernel {
  /// Four independent 32-bit words.
  public static func words(seed: UInt64, stream: UInt64, index: UInt64) -> SIMD4<UInt32> {
    var counter = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
      UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
    var key = SIMD2<UInt32>(
      UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for _ in 0..<10 {
      let (a, b) = (
        UInt64(counter.x) * 0xD251_1F53, UInt64(counter.z) * 0xCD9E_8D57
      )
      counter = SIMD4(
        UInt32(truncatingIfNeeded: b >> 32) ^ counter.y ^ key.x, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ counter.w ^ key.y, UInt32(truncatingIfNeeded: a))
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }

  /// A number in [0, 1) with 53 random bits.
  public static func uniform(seed: UInt64, stream: UInt64, index: UInt64) -> Double {
    let w = words(seed: seed, stream: stream, index: index)
    return Double((UInt64(w.x) << 32 | UInt64(w.y)) >> 11) * 0x1p-53
  }

  /// y ← samples of the normal distribution with mean 0 (Box–Muller, in float64).
  public static func normal(
    standardDeviation: Double, seed: UInt64, stream: UInt64, into y: Buffer
  ) {
    let (y, count) = (y.pointer, y.count)
    ThreadPool.shared.forEachRange(count, grain: 1 << 14) { range in
      // Four samples an index; ranges begin at multiples of four.
      for i in Swift.stride(from: range.lowerBound, to: range.upperBound, by: 4) {
        let w = words(seed: seed, stream: stream, index: UInt64(i / 4))
        let samples = SIMD4(lowHalf: pair(w.x, w.y), highHalf: pair(w.z, w.w))
        for lane in 0..<min(4, range.upperBound - i) {
          y[i + lane] = Float(samples[lane] * standardDeviation)
        }
      }
    }
  }

  private static func pair(_ a: UInt32, _ b: UInt32) -> SIMD2<Double> {
    let radius = (-2 * log((Double(a) + 0.5) * 0x1p-32)).squareRoot()
    let angle = 2 * Double.pi * (Double(b) + 0.5) * 0x1p-32
    return SIMD2(radius * cos(angle), radius * sin(angle))
  }
}
