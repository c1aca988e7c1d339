import Kernels
import Tensors
import Testing

/// Ops on bfloat16 tensors against the same ops on the same numbers in float32.
@Suite struct MixedPrecisionTests {
  /// Value and gradients of `op`, the inputs named by `rounded` in bfloat16, differ from those in
  /// float32 by less than `tolerance` in relative root mean square.
  ///
  /// A rounding to eight bits is off by 2^-9 at most and by 0.17% in root mean square; a result has
  /// gone through a few of them (scores, weights, gradients), whose errors are independent.
  private func check(
    _ name: String, _ inputs: [Tensor], rounded: Set<Int>, tolerance: Double = 0.01,
    _ op: @escaping ([Tensor]) -> Tensor
  ) {
    let narrow = inputs.enumerated().map { index, input in
      rounded.contains(index) ? input.converted(to: .bfloat16) : input
    }
    let wide = narrow.map { $0.converted(to: .float32) }
    let shape = op(wide).shape
    let dy = Tensor(normal: 1, shape: shape, seed: 5, stream: 0).converted(to: .bfloat16)
    var (found, expected): ([Tensor?], [Tensor?]) = ([], [])
    var outputType = ElementType.float32
    _ = valueWithGradient(at: narrow, accumulatingInto: &found, seed: nil) { leaves in
      let y = op(leaves)
      outputType = y.elementType
      return (y.converted(to: .float32) * dy.converted(to: .float32)).sum()
    }
    _ = valueWithGradient(at: wide, accumulatingInto: &expected) {
      (op($0).converted(to: .float32) * dy.converted(to: .float32)).sum()
    }
    #expect(distance(op(narrow), op(wide)) < tolerance, "\(name) of type \(outputType)")
    for index in inputs.indices {
      guard let ours = found[index], let theirs = expected[index] else {
        Issue.record("\(name): no gradient for input \(index)")
        continue
      }
      #expect(ours.elementType == narrow[index].elementType, "\(name), input \(index)")
      #expect(distance(ours, theirs) < tolerance, "\(name), gradient of input \(index)")
    }
  }

  /// √(Σ (a − b)² / Σ b²).
  private func distance(_ a: Tensor, _ b: Tensor) -> Double {
    let difference = a.converted(to: .float32).detached - b.converted(to: .float32).detached
    return (difference.sumOfSquares / b.converted(to: .float32).sumOfSquares).squareRoot()
  }

  @Test(arguments: [(1, 1, 1), (3, 5, 7), (33, 17, 65), (130, 70, 50)])
  func products(rows: Int, inner: Int, columns: Int) {
    let (x, weight) = (random([rows, inner], 3), random([columns, inner], 4))
    check("linear", [x, weight], rounded: [0, 1]) { linear($0[0], $0[1]) }
    check("linear, a float32 weight", [x, weight], rounded: [0]) { linear($0[0], $0[1]) }
    check("linear with a residual", [x, weight, random([rows, columns], 5)], rounded: [0]) {
      linear($0[0], $0[1], addedTo: $0[2])
    }
  }

  @Test(arguments: [1, 15, 16, 33])
  func activations(width: Int) {
    check("swiGLU", [random([9, 2 * width], 7)], rounded: [0]) { swiGLU($0[0]) }
    let (x, weight) = (random([70, width], 8), random([width], 9))
    check("normalization to bfloat16", [x, weight], rounded: []) {
      rmsNormalization(
        $0[0], weight: $0[1], epsilon: 1e-3, as: .bfloat16)
    }
    check("normalization of bfloat16", [x, weight], rounded: [0]) {
      rmsNormalization($0[0], weight: $0[1], epsilon: 1e-3)
    }
  }

  @Test(arguments: [(2, 5, 2, 1, 8), (1, 33, 4, 2, 6), (1, 3, 3, 3, 32)])
  func rotary(batch: Int, tokens: Int, queryHeads: Int, keyValueHeads: Int, width: Int) {
    let layout = RotaryKernel.Layout(
      batch: batch, tokens: tokens, queryHeads: queryHeads, keyValueHeads: keyValueHeads,
      headWidth: width)
    let table = RotaryTable(positions: 40, headWidth: width, base: 10_000)
    let x = random([batch * tokens, (queryHeads + 2 * keyValueHeads) * width], 11)
    check("rotary", [x, random([width], 12), random([width], 13)], rounded: [0]) {
      rotaryHeads(
        $0[0], queryWeight: $0[1], keyWeight: $0[2], epsilon: 1e-3, table: table, layout)
    }
  }

  @Test(arguments: [(1, 1, 2, 1), (2, 127, 2, 2), (1, 129, 4, 2), (1, 300, 2, 1)])
  func attention(batch: Int, tokens: Int, queryHeads: Int, keyValueHeads: Int) {
    let x = random([batch, queryHeads + 2 * keyValueHeads, tokens, 16], 20)
    check("attention", [x], rounded: [0], tolerance: 0.015) {
      causalAttention($0[0], queryHeads: queryHeads, keyValueHeads: keyValueHeads)
    }
  }

  @Test func outputLossOfMixedTypes() {
    let (hidden, table) = (random([37, 24], 30), random([50, 24], 31))
    let targets = (0..<37).map { Int32($0 % 9 == 4 ? -1 : $0) }
    check("output loss", [hidden, table], rounded: [0]) {
      outputLoss(hidden: $0[0], table: $0[1], targets: targets, zWeight: 1e-2).total
    }
  }

  @Test func conversionsHaveGradients() {
    check("conversion", [random([4, 9], 40)], rounded: []) {
      $0[0].converted(to: .bfloat16).converted(to: .float32)
    }
  }
}
