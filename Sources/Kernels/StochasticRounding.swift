/// Rounding to one of the two neighbours, to each with the probability that makes the mean exact.
///
/// An update far smaller than a bfloat16 number's spacing would be lost by rounding to the nearest,
/// step after step; rounded at random it is taken in as many steps as it is worth
/// (arXiv:2010.06192). What is drawn is a function of a key and a place, so it does not depend on
/// the number of threads.
enum StochasticRounding {
  /// The key of one block of one parameter at one update.
  static func key(parameter: Int, updateCount: Int, block: Int) -> SIMD4<UInt32> {
    RandomKernel.words(
      seed: UInt64(updateCount), stream: UInt64(parameter), index: UInt64(block))
  }

  /// 0, 1, …, 15.
  @inline(__always)
  private static var laneNumbers: SIMD16<UInt32> {
    SIMD16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  }

  /// Thirty-two bits for each of the sixteen elements from `offset` on.
  ///
  /// The finalizer is the two-round multiply-xorshift hash with the least bias that an exhaustive
  /// search has found (Wellons, "Prospecting for Hash Functions", 2018).
  @inline(__always)
  static func bits(_ key: UInt32, _ offset: Int) -> SIMD16<UInt32> {
    var h = laneNumbers &+ (UInt32(truncatingIfNeeded: offset) &+ key)
    h ^= h &>> 16
    h &*= SIMD16(repeating: 0x7FEB_352D)
    h ^= h &>> 15
    h &*= SIMD16(repeating: 0x846C_A68B)
    h ^= h &>> 16
    return h
  }

  /// Numbers in (0, 1) from the upper sixteen bits.
  @inline(__always)
  static func fractionOfUpperHalf(_ bits: SIMD16<UInt32>) -> Vector {
    // The middle of its interval, so that no fraction is more likely to be exceeded than its due.
    let pattern = ((bits &>> 16) &<< 7) | 0x3F80_0040
    return unsafeBitCast(pattern, to: Vector.self) - 1
  }

  /// Numbers in [0, 1) from the upper twenty-three bits.
  @inline(__always)
  static func fraction(_ bits: SIMD16<UInt32>) -> Vector {
    unsafeBitCast((bits &>> 9) | 0x3F80_0000, to: Vector.self) - 1
  }
}

/// A type that weights can lie in memory as.
protocol WeightElement: StoredElement {
  /// The vector as this type holds it, rounded at random by the lower sixteen of `bits` where it
  /// is narrower than float32.
  static func rounded(_ vector: Vector, by bits: SIMD16<UInt32>) -> Vector
}

extension Float: WeightElement {
  @inline(__always)
  static func rounded(_ vector: Vector, by bits: SIMD16<UInt32>) -> Vector { vector }
}

extension BFloat16: WeightElement {
  @inline(__always)
  static func rounded(_ vector: Vector, by bits: SIMD16<UInt32>) -> Vector {
    // Carries go from the fraction into the exponent, as they should; at the end of the range
    // they would make an infinity.
    let largest = Vector(repeating: Float(bitPattern: 0x7F7F_0000))
    let bounded = larger(smaller(vector, largest), -largest)
    let pattern = unsafeBitCast(bounded, to: SIMD16<UInt32>.self)
    return unsafeBitCast((pattern &+ (bits & 0xFFFF)) & 0xFFFF_0000, to: Vector.self)
  }
}
