import Foundation
import Kernels
import Testing

@Suite struct CompactAdamWTests {
  private static let coefficients = AdamWKernel.Coefficients(
    learningRate: 1e-3, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1,
    gradientScale: 0.5, biasCorrection1: 1, biasCorrection2: 1)

  /// A parameter with its moments.
  fileprivate struct Parameter {
    let weights: Buffer
    let first: CompactAdamWKernel.Moment
    let second: CompactAdamWKernel.Moment
    let stored: [Buffer]

    init(_ values: [Float], of type: ElementType) {
      weights = Buffer(uninitializedCount: values.count, of: type)
      Conversion.run(Buffer(values), into: weights)
      func zeros(_ count: Int, _ type: ElementType) -> Buffer {
        let buffer = Buffer(uninitializedCount: count, of: type)
        Fill.constant(0, into: buffer)
        return buffer
      }
      let scales = MomentCodes.scaleCount(for: values.count)
      stored = [
        zeros(values.count, .uint8), zeros(scales, .float32), zeros(values.count, .uint8),
        zeros(scales, .float32),
      ]
      first = .init(codes: stored[0], scales: stored[1])
      second = .init(codes: stored[2], scales: stored[3])
    }

    func update(_ gradient: [Float], _ c: AdamWKernel.Coefficients, count: Int, place: Int = 0) {
      let narrowed = Buffer(uninitializedCount: gradient.count, of: weights.elementType)
      Conversion.run(Buffer(gradient), into: narrowed)
      CompactAdamWKernel.update(
        weights, gradient: narrowed, firstMoment: first, secondMoment: second, c,
        .init(parameter: place, updateCount: count))
    }

    var values: [Float] {
      let wide = Buffer(uninitializedCount: weights.count)
      Conversion.run(weights, into: wide)
      return (0..<wide.count).map { wide.pointer[$0] }
    }

    var bytes: [[UInt8]] { ([weights] + stored).map { $0.withBytes { Array($0) } } }
  }

  private static func normal(_ count: Int, seed: UInt64, deviation: Double = 1) -> [Float] {
    let buffer = Buffer(uninitializedCount: count)
    RandomKernel.normal(standardDeviation: deviation, seed: seed, stream: 0, into: buffer)
    return (0..<count).map { buffer.pointer[$0] }
  }

  private static func step(_ t: Int) -> AdamWKernel.Coefficients {
    var c = coefficients
    c.biasCorrection1 = Float(1 - pow(0.9, Double(t)))
    c.biasCorrection2 = Float(1 - pow(0.95, Double(t)))
    return c
  }

  /// AdamW in float64 with moments that nothing rounds.
  private static func exact(
    _ weight: Float, _ gradients: [Float], _ c: AdamWKernel.Coefficients
  ) -> Double {
    var (w, m, v) = (Double(weight), 0.0, 0.0)
    for (index, gradient) in gradients.enumerated() {
      let g = Double(gradient) * Double(c.gradientScale)
      m = 0.9 * m + 0.1 * g
      v = 0.95 * v + 0.05 * g * g
      let t = Double(index + 1)
      let update = m / (1 - pow(0.9, t)) / ((v / (1 - pow(0.95, t))).squareRoot() + 1e-8)
      w -= 1e-3 * (0.1 * w + update)
    }
    return w
  }

  /// Forty steps of gradients that differ in size by a thousand within a block, against float64.
  ///
  /// Beside neighbours a thousand times as large, a first moment has code 4 and a second code 8: their
  /// steps are half of what they are. Noise of that size in each of forty updates that go one way
  /// leaves a tenth of the distance for such elements, and a few percent for large ones. A bfloat16
  /// weight adds a random walk of its own spacing.
  @Test(arguments: [ElementType.float32, .bfloat16], [1, 255, 700])
  func updatesAgreeWithFloat64(type: ElementType, count: Int) {
    let start = Self.normal(count, seed: 1, deviation: 0.02)
    let parameter = Parameter(start, of: type)
    let first = parameter.values
    let sizes = (0..<count).map { powf(10, -3 * Float($0 % 16) / 15) }
    var gradients = [[Float]](repeating: [], count: count)
    for t in 1...40 {
      // A lasting part, so that weights go somewhere, and noise around it.
      let noise = Self.normal(count, seed: UInt64(100 + t))
      let gradient = (0..<count).map {
        Float(BFloat16((noise[$0] + ($0 % 2 == 0 ? 1 : -1)) * sizes[$0]))
      }
      for place in 0..<count { gradients[place].append(gradient[place]) }
      parameter.update(gradient, Self.step(t), count: t)
    }
    var (gone, wrong, drift) = (0.0, 0.0, 0.0)
    for (place, value) in parameter.values.enumerated() {
      let exact = Self.exact(first[place], gradients[place], Self.coefficients)
      gone += pow(exact - Double(first[place]), 2)
      wrong += pow(Double(value) - exact, 2)
      drift += (Double(value) - exact) * (place % 2 == 0 ? 1 : -1)
    }
    // Weights near 0.03 lie 2⁻¹³ apart in bfloat16; forty roundings walk some 2.6 spacings.
    let walk = type == .bfloat16 ? 40.0.squareRoot() / 2 * 0x1p-12 : 0
    let distance = (gone / Double(count)).squareRoot()
    #expect((wrong / Double(count)).squareRoot() < 0.15 * distance + walk)
    // The mean is far nearer than the elements are.
    #expect(abs(drift) / Double(count) < (0.1 * distance + walk) / (count > 100 ? 3 : 1))
  }

  /// Updates of 1/64 of a weight's spacing: each is lost by rounding to the nearest.
  @Test func smallUpdatesAreNotLost() {
    let count = 4_096
    let parameter = Parameter([Float](repeating: 1, count: count), of: .bfloat16)
    var c = Self.coefficients
    (c.weightDecay, c.gradientScale) = (0, 1)
    // Below 1 the spacing is 2⁻⁸; a constant gradient makes updates of the learning rate.
    c.learningRate = 0x1p-14
    for t in 1...64 {
      c.biasCorrection1 = Float(1 - pow(0.9, Double(t)))
      c.biasCorrection2 = Float(1 - pow(0.95, Double(t)))
      parameter.update([Float](repeating: 1, count: count), c, count: t)
    }
    let mean = parameter.values.reduce(0.0) { $0 + Double($1) } / Double(count)
    // 64 updates of 2⁻¹⁴ are one spacing; its standard error over the elements is below 1%.
    #expect(abs((1 - mean) / 0x1p-8 - 1) < 0.05, "\(mean)")
    let distinct = Set(parameter.values)
    #expect(distinct.count > 2)
  }

  /// A second moment that decays by a twentieth of itself a step must do so in its code too.
  @Test func momentsDecayToTheirMean() {
    let count = 2_560
    let parameter = Parameter([Float](repeating: 0, count: count), of: .float32)
    let c = Self.coefficients
    // One element of each block stays large and keeps the scale where it is.
    let isLarge = { (place: Int) in place % 256 == 0 }
    func gradient(_ rest: Float) -> [Float] { (0..<count).map { isLarge($0) ? 100 : rest } }
    for t in 1...200 { parameter.update(gradient(1), c, count: t) }
    let high = parameter.meanOfSecond(where: { !isLarge($0) })
    // (1 · ½)² in the steady state.
    #expect(abs(high / 0.25 - 1) < 0.02, "\(high)")
    for t in 201...240 { parameter.update(gradient(0), c, count: t) }
    let low = parameter.meanOfSecond(where: { !isLarge($0) })
    #expect(abs(low / (0.25 * pow(0.95, 40)) - 1) < 0.1, "\(low)")
  }

  @Test func zeroGradientsMoveNothing() {
    let start = Self.normal(300, seed: 4)
    let parameter = Parameter(start, of: .float32)
    var c = Self.coefficients
    c.weightDecay = 0
    for t in 1...3 { parameter.update([Float](repeating: 0, count: 300), c, count: t) }
    #expect(parameter.values == start)
    let isZero = parameter.bytes.dropFirst().joined().allSatisfy { $0 == 0 }
    #expect(isZero)
  }

  /// From gradients whose squares vanish to such whose squares overflow, side by side.
  @Test(arguments: [ElementType.float32, .bfloat16])
  func extremesStayFinite(type: ElementType) {
    let sizes: [Float] = [0, 1e-38, 1e-30, 1e-20, 1e-10, 1, 1e10, 1e18, 1e25, 3e38]
    let start = (0..<600).map { $0 % 7 == 0 ? 3.3e38 : Float($0) }
    let parameter = Parameter(start, of: type)
    for t in 1...20 {
      let signs = Self.normal(600, seed: UInt64(t))
      parameter.update(
        (0..<600).map { sizes[$0 % (($0 < 256) ? 6 : 10)] * (signs[$0] > 0 ? 1 : -1) },
        Self.step(t), count: t)
      let isFinite = parameter.values.allSatisfy(\.isFinite)
      #expect(isFinite)
    }
    // Without decay a step moves a weight by a few learning rates, however its neighbours are.
    var c = Self.coefficients
    c.weightDecay = 0
    let small = Parameter([Float](repeating: 0, count: 256), of: .float32)
    for t in 1...20 {
      let before = small.values
      small.update((0..<256).map { sizes[$0 % 6] }, c, count: t)
      for (a, b) in zip(before, small.values) { #expect(abs(a - b) < 10 * c.learningRate) }
    }
  }

  /// The same bits whatever the pool has to do beside, and others at another update or place.
  @Test func whatIsDrawnIsAFunctionOfTheState() {
    let start = Self.normal(100_003, seed: 8, deviation: 0.02)
    let gradient = Self.normal(100_003, seed: 9)
    func result(count: Int, place: Int) -> [[UInt8]] {
      let parameter = Parameter(start, of: .bfloat16)
      parameter.update(gradient, Self.step(1), count: count, place: place)
      return parameter.bytes
    }
    let whole = result(count: 1, place: 0)
    // Inside a parallel loop the ranges are walked on one thread.
    let serial = Results()
    ThreadPool.shared.forEach(2) { if $0 == 0 { serial.bytes = result(count: 1, place: 0) } }
    #expect(serial.bytes == whole)
    #expect(result(count: 2, place: 0) != whole)
    #expect(result(count: 1, place: 1) != whole)
  }

  private final class Results: @unchecked Sendable { var bytes: [[UInt8]] = [] }
}

extension CompactAdamWTests.Parameter {
  /// By the law that `MomentCodes` documents.
  fileprivate func meanOfSecond(where isCounted: (Int) -> Bool) -> Double {
    let (codes, scales) = (stored[2].bytePointer, stored[3].pointer)
    let counted = (0..<weights.count).filter(isCounted)
    let sum = counted.reduce(0.0) {
      $0 + pow(Double(codes[$1]) / 255, 4) * Double(scales[$1 / MomentCodes.blockCount])
    }
    return sum / Double(counted.count)
  }
}
