import CVectorInstructions

/// How an optimizer's moments lie in eight bits: a code for each element, a scale for each block.
///
/// Blockwise quantization with steps that are fine near zero (arXiv:2110.02861). There a table
/// holds the steps; here a power law does, because its inverse is a root, which vectorizes. The
/// first moment is ±(|c| / 127)² of its block's largest magnitude, the second (c / 255)⁴ of its
/// block's largest. Codes are rounded at random, with exact means: to the nearest, a mean that moves
/// by less than half a step at a time would never move.
public enum MomentCodes {
  /// Elements that share a scale; the last block of a tensor may be short.
  public static let blockCount = 256

  /// The number of scales for `count` elements.
  public static func scaleCount(for count: Int) -> Int { (count + blockCount - 1) / blockCount }

  /// Below this a second moment, or a block of first moments, is stored as zero: its root is far
  /// below any ε that is of use, and the quotients that codes are made of stay finite.
  static let smallest: Float = 1e-30

  /// The largest second moment that is stored.
  static let largest: Float = 1e37

  private static let two23: Float = 8_388_608

  @inline(__always)
  private static func floor(_ x: Vector, below limit: Float) -> Vector {
    // Adding and taking away 2²³ rounds to the nearest integer.
    let nearest = (x + two23) - two23
    let floor = choose(nearest - 1, where: x, isLessThan: nearest, else: nearest)
    return smaller(floor, Vector(repeating: limit))
  }

  /// The magnitude of the elements.
  @inline(__always)
  static func magnitude(_ x: Vector) -> Vector {
    unsafeBitCast(unsafeBitCast(x, to: SIMD16<UInt32>.self) & 0x7FFF_FFFF, to: Vector.self)
  }

  /// First moments from codes in two's complement, so that bytes of zero are zeros.
  @inline(__always)
  static func first(_ codes: SIMD16<UInt8>, scale: Float) -> Vector {
    let pattern = (samara_widen_8_bits(codes) ^ 0x80) | 0x4B00_0000
    let c = (unsafeBitCast(pattern, to: Vector.self) - (two23 + 128)) * (1 / 127)
    return c * magnitude(c) * scale
  }

  /// Codes of first moments; `inverse` is 1 / scale, or 0 where the scale is.
  @inline(__always)
  static func firstCodes(
    _ x: Vector, inverse: Float, fraction: Vector
  ) -> SIMD16<UInt8> {
    let share = magnitude(x) * inverse
    let low = floor(squareRoot(share) * 127, below: 126)
    let (lowRoot, highRoot) = (low * (1 / 127), (low + 1) * (1 / 127))
    let (lowShare, highShare) = (lowRoot * lowRoot, highRoot * highRoot)
    let size = choose(
      low + 1, where: fraction * (highShare - lowShare), isLessThan: share - lowShare, else: low)
    let signed = choose(-size, where: x, isLessThan: .zero, else: size)
    let pattern = unsafeBitCast(signed + (two23 + 128), to: SIMD16<UInt32>.self) ^ 0x80
    return samara_narrow_to_8_bits(pattern)
  }

  /// Second moments from codes.
  @inline(__always)
  static func second(_ codes: SIMD16<UInt8>, scale: Float) -> Vector {
    let pattern = samara_widen_8_bits(codes) | 0x4B00_0000
    let c = (unsafeBitCast(pattern, to: Vector.self) - two23) * (1 / 255)
    return c * c * (c * c) * scale
  }

  /// Codes of second moments, at least 1 where the moment is not 0.
  ///
  /// A root of zero under a first moment that is not would make an update without bound; the first
  /// code above zero makes it too small at worst.
  @inline(__always)
  static func secondCodes(
    _ x: Vector, inverse: Float, fraction: Vector
  ) -> SIMD16<UInt8> {
    let share = x * inverse
    let low = floor(squareRoot(squareRoot(share)) * 255, below: 254)
    let (lowRoot, highRoot) = (low * (1 / 255), (low + 1) * (1 / 255))
    let lowShare = lowRoot * lowRoot * (lowRoot * lowRoot)
    let highShare = highRoot * highRoot * (highRoot * highRoot)
    let rounded = choose(
      low + 1, where: fraction * (highShare - lowShare), isLessThan: share - lowShare, else: low)
    let code = choose(
      larger(rounded, Vector(repeating: 1)), where: .zero, isLessThan: x, else: rounded)
    return samara_narrow_to_8_bits(unsafeBitCast(code + two23, to: SIMD16<UInt32>.self))
  }
}
