/// One AdamW update (arXiv:1711.05101) in one pass over contiguous memory.
public enum AdamWKernel {
  /// The numbers of one update, the same for every parameter but for `weightDecay`.
  public struct Coefficients: Sendable {
    /// The learning rate of this step.
    public var learningRate: Float
    /// The decay rate of the first moment.
    public var beta1: Float
    /// The decay rate of the second moment.
    public var beta2: Float
    /// What is added to the root of the second moment.
    public var epsilon: Float
    /// The decoupled weight decay, multiplied by the learning rate.
    public var weightDecay: Float
    /// What gradients are multiplied by first: the clipping factor.
    public var gradientScale: Float
    /// 1 − β₁ᵗ at step t, counted from 1.
    public var biasCorrection1: Float
    /// 1 − β₂ᵗ at step t, counted from 1.
    public var biasCorrection2: Float

    public init(
      learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float,
      gradientScale: Float, biasCorrection1: Float, biasCorrection2: Float
    ) {
      self.learningRate = learningRate
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
      self.gradientScale = gradientScale
      self.biasCorrection1 = biasCorrection1
      self.biasCorrection2 = biasCorrection2
    }
  }

  /// Updates a parameter and its two moments in place.
  public static func update(
    _ parameter: Buffer, gradient: Buffer, firstMoment: Buffer, secondMoment: Buffer,
    _ coefficients: Coefficients
  ) {
    KernelClock.measure("AdamW") {
      run(parameter, gradient, firstMoment, secondMoment, coefficients)
    }
  }

  private static func run(
    _ parameter: Buffer, _ gradient: Buffer, _ firstMoment: Buffer, _ secondMoment: Buffer,
    _ c: Coefficients
  ) {
    let (p, g) = (parameter.pointer, gradient.pointer)
    let (m, v) = (firstMoment.pointer, secondMoment.pointer)
    let retention = 1 - c.learningRate * c.weightDecay
    let stepSize = c.learningRate / c.biasCorrection1
    let rootCorrection = 1 / c.biasCorrection2.squareRoot()
    ThreadPool.shared.forEachRange(parameter.count, grain: 1 << 15) { range in
      var i = range.lowerBound
      while i < range.upperBound {
        let lanes = min(laneCount, range.upperBound - i)
        let whole = lanes == laneCount
        let gradient = (whole ? load(g + i) : load(g + i, first: lanes)) * c.gradientScale
        let first = whole ? load(m + i) : load(m + i, first: lanes)
        let second = whole ? load(v + i) : load(v + i, first: lanes)
        let value = whole ? load(p + i) : load(p + i, first: lanes)
        let newFirst = first * c.beta1 + gradient * (1 - c.beta1)
        let newSecond = second * c.beta2 + gradient * gradient * (1 - c.beta2)
        let denominator = squareRoot(newSecond) * rootCorrection + c.epsilon
        let updated = value * retention - stepSize * (newFirst / denominator)
        if whole {
          store(newFirst, m + i)
          store(newSecond, v + i)
          store(updated, p + i)
        } else {
          store(newFirst, m + i, first: lanes)
          store(newSecond, v + i, first: lanes)
          store(updated, p + i, first: lanes)
        }
        i += laneCount
      }
    }
  }
}
