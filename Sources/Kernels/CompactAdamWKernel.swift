/// One AdamW update in one pass, with moments in eight bits and weights in bfloat16 or float32.
///
/// The arithmetic is that of `AdamWKernel`, in float32, on moments decoded from their codes
/// (arXiv:2110.02861); the new moments enter the update before they are rounded to codes again. A
/// bfloat16 weight is rounded at random (arXiv:2010.06192). The result is a function of the
/// arguments alone, whatever the number of threads.
public enum CompactAdamWKernel {
  /// A moment of one parameter: a code for each element, a scale for each block of them.
  public struct Moment {
    let codes: Buffer
    let scales: Buffer

    /// - Parameters:
    ///   - codes: Bytes, as many as the parameter has elements.
    ///   - scales: Float32, `MomentCodes.scaleCount(for:)` of them.
    public init(codes: Buffer, scales: Buffer) {
      precondition(
        scales.count == MomentCodes.scaleCount(for: codes.count),
        "\(scales.count) scales for \(codes.count) codes")
      self.codes = codes
      self.scales = scales
    }
  }

  /// What the random bits of an update are drawn from.
  public struct Draw: Sendable {
    let parameter: Int
    let updateCount: Int

    /// - Parameters:
    ///   - parameter: The parameter's place in the model.
    ///   - updateCount: Updates made, this one included.
    public init(parameter: Int, updateCount: Int) {
      self.parameter = parameter
      self.updateCount = updateCount
    }
  }

  /// Updates a parameter and its two moments in place; `gradient` is of the parameter's type.
  public static func update(
    _ parameter: Buffer, gradient: Buffer, firstMoment: Moment, secondMoment: Moment,
    _ coefficients: AdamWKernel.Coefficients, _ draw: Draw
  ) {
    precondition(
      gradient.count == parameter.count && firstMoment.codes.count == parameter.count
        && secondMoment.codes.count == parameter.count,
      "\(parameter.count) elements, \(gradient.count) of the gradient, "
        + "\(firstMoment.codes.count) and \(secondMoment.codes.count) of the moments")
    KernelClock.measure("AdamW") {
      switch parameter.elementType {
      case .bfloat16:
        run(parameter, gradient, firstMoment, secondMoment, coefficients, draw, of: BFloat16.self)
      default:
        run(parameter, gradient, firstMoment, secondMoment, coefficients, draw, of: Float.self)
      }
    }
  }

  private static func run<E: WeightElement>(
    _ parameter: Buffer, _ gradient: Buffer, _ firstMoment: Moment, _ secondMoment: Moment,
    _ coefficients: AdamWKernel.Coefficients, _ draw: Draw, of _: E.Type
  ) {
    let blockCount = MomentCodes.blockCount
    let (p, g): (UnsafeMutablePointer<E>, UnsafeMutablePointer<E>) = (
      parameter.elements(), gradient.elements()
    )
    let (m, v) = (firstMoment.codes.bytePointer, secondMoment.codes.bytePointer)
    let (mScales, vScales) = (firstMoment.scales.pointer, secondMoment.scales.pointer)
    let step = Step(coefficients)
    // Cuts fall between blocks.
    ThreadPool.shared.forEachRange(parameter.count, grain: 128 * blockCount) { range in
      let moments = Buffer(uninitializedCount: 2 * blockCount)
      defer { withExtendedLifetime(moments) {} }
      for start in Swift.stride(from: range.lowerBound, to: range.upperBound, by: blockCount) {
        let block = start / blockCount
        update(
          Block<E>(
            count: min(blockCount, range.upperBound - start), weights: p + start,
            gradients: g + start, first: m + start, second: v + start,
            firstScale: mScales + block, secondScale: vScales + block),
          step,
          key: StochasticRounding.key(
            parameter: draw.parameter, updateCount: draw.updateCount, block: block),
          moments.pointer)
      }
    }
  }

  /// Where one block lies.
  private struct Block<E: WeightElement> {
    let count: Int
    let weights: UnsafeMutablePointer<E>
    let gradients: UnsafePointer<E>
    let first: UnsafeMutablePointer<UInt8>
    let second: UnsafeMutablePointer<UInt8>
    let firstScale: UnsafeMutablePointer<Float>
    let secondScale: UnsafeMutablePointer<Float>
  }

  /// What the update of every element is made of.
  private struct Step {
    let gradientScale: Float
    let beta1: Float
    let beta2: Float
    let epsilon: Float
    let retention: Float
    let size: Float
    let rootCorrection: Float

    init(_ c: AdamWKernel.Coefficients) {
      gradientScale = c.gradientScale
      (beta1, beta2, epsilon) = (c.beta1, c.beta2, c.epsilon)
      retention = 1 - c.learningRate * c.weightDecay
      size = c.learningRate / c.biasCorrection1
      rootCorrection = 1 / c.biasCorrection2.squareRoot()
    }
  }

  /// The block's weights, and its new moments, which wait in `moments` until their largest is known.
  @inline(__always)
  private static func update<E: WeightElement>(
    _ block: Block<E>, _ step: Step, key: SIMD4<UInt32>, _ moments: UnsafeMutablePointer<Float>
  ) {
    let (firstScale, secondScale) = (block.firstScale.pointee, block.secondScale.pointee)
    let smallest = Vector(repeating: MomentCodes.smallest)
    let largest = Vector(repeating: MomentCodes.largest)
    var (firstMaximum, secondMaximum) = (Vector.zero, Vector.zero)
    for i in Swift.stride(from: 0, to: block.count, by: laneCount) {
      let lanes = min(laneCount, block.count - i)
      let gradient = read(block.gradients + i, lanes) * step.gradientScale
      let first = MomentCodes.first(bytes(block.first + i, lanes), scale: firstScale)
      let second = MomentCodes.second(bytes(block.second + i, lanes), scale: secondScale)
      let newFirst = first * step.beta1 + gradient * (1 - step.beta1)
      let newSecond = second * step.beta2 + gradient * gradient * (1 - step.beta2)
      let denominator = squareRoot(newSecond) * step.rootCorrection + step.epsilon
      let value = read(block.weights + i, lanes)
      let updated = value * step.retention - step.size * (newFirst / denominator)
      write(
        E.rounded(updated, by: StochasticRounding.bits(key.x, i)), block.weights + i, lanes)
      // Where nothing of the second moment is kept, neither is the first: see `MomentCodes`.
      let keptFirst = choose(.zero, where: newSecond, isLessThan: smallest, else: newFirst)
      let keptSecond = choose(
        .zero, where: newSecond, isLessThan: smallest, else: smaller(newSecond, largest))
      let size = MomentCodes.magnitude(keptFirst)
      firstMaximum = larger(firstMaximum, size)
      secondMaximum = larger(secondMaximum, keptSecond)
      store(keptFirst, moments + i)
      store(keptSecond, moments + MomentCodes.blockCount + i)
    }
    block.firstScale.pointee = horizontalMaximum(firstMaximum)
    block.secondScale.pointee = horizontalMaximum(secondMaximum)
    encode(block, key: key, moments)
  }

  @inline(__always)
  private static func encode<E: WeightElement>(
    _ block: Block<E>, key: SIMD4<UInt32>, _ moments: UnsafeMutablePointer<Float>
  ) {
    let firstInverse = inverse(&block.firstScale.pointee)
    let secondInverse = inverse(&block.secondScale.pointee)
    for i in Swift.stride(from: 0, to: block.count, by: laneCount) {
      let lanes = min(laneCount, block.count - i)
      let firstBits = StochasticRounding.bits(key.x, i)
      let secondBits = StochasticRounding.bits(key.y, i)
      let first = MomentCodes.firstCodes(
        load(moments + i), inverse: firstInverse,
        fraction: StochasticRounding.fractionOfUpperHalf(firstBits))
      let second = MomentCodes.secondCodes(
        load(moments + MomentCodes.blockCount + i), inverse: secondInverse,
        fraction: StochasticRounding.fraction(secondBits))
      write(first, block.first + i, lanes)
      write(second, block.second + i, lanes)
    }
  }

  /// 1 / scale; a scale too small for that becomes 0, and so does the result.
  @inline(__always)
  private static func inverse(_ scale: inout Float) -> Float {
    guard scale >= MomentCodes.smallest else {
      scale = 0
      return 0
    }
    return 1 / scale
  }

  @inline(__always)
  private static func read<E: StoredElement>(_ start: UnsafePointer<E>, _ lanes: Int) -> Vector {
    lanes == laneCount ? load(start) : load(start, first: lanes)
  }

  @inline(__always)
  private static func write<E: StoredElement>(
    _ vector: Vector, _ start: UnsafeMutablePointer<E>, _ lanes: Int
  ) {
    if lanes == laneCount { store(vector, start) } else { store(vector, start, first: lanes) }
  }

  @inline(__always)
  private static func bytes(_ start: UnsafePointer<UInt8>, _ lanes: Int) -> SIMD16<UInt8> {
    guard lanes < laneCount else {
      return UnsafeRawPointer(start).loadUnaligned(as: SIMD16<UInt8>.self)
    }
    var result = SIMD16<UInt8>.zero
    for lane in 0..<lanes { result[lane] = start[lane] }
    return result
  }

  @inline(__always)
  private static func write(
    _ vector: SIMD16<UInt8>, _ start: UnsafeMutablePointer<UInt8>, _ lanes: Int
  ) {
    guard lanes < laneCount else {
      UnsafeMutableRawPointer(start).storeBytes(of: vector, as: SIMD16<UInt8>.self)
      return
    }
    for lane in 0..<lanes { start[lane] = vector[lane] }
  }
}
