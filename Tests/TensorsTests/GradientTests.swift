import Kernels
import Tensors
import Testing

@Suite struct GradientTests {
  @Test func arithmetic() {
    let (a, b) = (random([3, 17], 0), random([3, 17], 1))
    checkGradients("+", of: [a, b]) { $0[0] + $0[1] }
    checkGradients("-", of: [a, b]) { $0[0] - $0[1] }
    checkGradients("*", of: [a, b]) { $0[0] * $0[1] }
    checkGradients("scaled", of: [a]) { $0[0].scaled(by: -2.5) }
    checkGradients("reshaped", of: [a]) { $0[0].reshaped(to: [17, 3]) }
    checkGradients("sum", of: [a]) { $0[0].sum() }
    checkGradients("mean", of: [a]) { $0[0].mean() }
  }

  @Test func inputUsedTwice() {
    let a = random([5, 5], 2)
    checkGradients("a*a+a", of: [a]) { $0[0] * $0[0] + $0[0] }
    checkGradients("a·a", of: [a]) { matmul($0[0], $0[0]) }
    checkGradients("linear(a, a)", of: [a]) { linear($0[0], $0[0]) }
  }

  @Test(arguments: [(1, 1, 1), (3, 5, 7), (33, 17, 65), (130, 70, 50)])
  func products(rows: Int, inner: Int, columns: Int) {
    let a = random([rows, inner], 3)
    checkGradients("matmul", of: [a, random([inner, columns], 4)]) { matmul($0[0], $0[1]) }
    checkGradients("linear", of: [a, random([columns, inner], 5)]) { linear($0[0], $0[1]) }
  }

  @Test(arguments: [1, 2, 15, 16, 17, 33])
  func activations(width: Int) {
    let x = random([3, width], 6)
    checkGradients("silu", of: [x]) { silu($0[0]) }
    checkGradients("softmax", of: [x]) { softmax($0[0]) }
    checkGradients("swiGLU", of: [random([3, 2 * width], 7)]) { swiGLU($0[0]) }
  }

  @Test(arguments: [(1, 1), (3, 7), (70, 16), (65, 33)])
  func normalization(rows: Int, width: Int) {
    checkGradients(
      "rmsNormalization", of: [random([rows, width], 8), random([width], 9)], step: 3e-3
    ) { rmsNormalization($0[0], weight: $0[1], epsilon: 1e-3) }
  }

  @Test func embeddings() {
    checkGradients("embedding", of: [random([9, 5], 10)]) { embedding($0[0], [0, 8, 3, 3, 3]) }
  }

  @Test(arguments: [(2, 5, 2, 1, 8), (1, 33, 4, 2, 6), (1, 3, 3, 3, 32)])
  func rotary(batch: Int, tokens: Int, queryHeads: Int, keyValueHeads: Int, width: Int) {
    let layout = RotaryKernel.Layout(
      batch: batch, tokens: tokens, queryHeads: queryHeads, keyValueHeads: keyValueHeads,
      headWidth: width)
    let table = RotaryTable(positions: 40, headWidth: width, base: 10_000)
    let x = random([batch * tokens, (queryHeads + 2 * keyValueHeads) * width], 11)
    checkGradients("rotary", of: [x]) {
      rotaryHeads(
        $0[0], queryWeight: nil, keyWeight: nil, epsilon: 1e-3, table: table, layout)
    }
    checkGradients(
      "normalized rotary", of: [x, random([width], 12), random([width], 13)], step: 3e-3
    ) {
      rotaryHeads(
        $0[0], queryWeight: $0[1], keyWeight: $0[2], epsilon: 1e-3, table: table, layout)
    }
  }

  @Test(arguments: [(2, 5, 2, 1, 8), (1, 131, 4, 2, 4), (1, 300, 3, 3, 2)])
  func attention(batch: Int, tokens: Int, queryHeads: Int, keyValueHeads: Int, width: Int) {
    let x = random([batch, queryHeads + 2 * keyValueHeads, tokens, width], 14)
    checkGradients("attention", of: [x], step: 3e-3) {
      causalAttention($0[0], queryHeads: queryHeads, keyValueHeads: keyValueHeads)
    }
  }

  /// The last is worked on in three blocks, the others in one.
  @Test(arguments: [(1, 4, 7), (40, 6, 33), (5, 16, 200), (130, 2, 131_072)])
  func loss(tokens: Int, width: Int, vocabulary: Int) {
    let hidden = random([tokens, width], 15)
    let table = random([vocabulary, width], 16)
    let targets = (0..<tokens).map { token -> Int32 in
      token % 7 == 3 ? OutputLoss.ignoredTarget : Int32(token * 31 % vocabulary)
    }
    // A large z-loss, so that an error in it could not hide.
    checkGradients("outputLoss", of: [hidden, table], step: 3e-3) {
      outputLoss(hidden: $0[0], table: $0[1], targets: targets, zWeight: 0.1).total
    }
  }

  @Test func gradientsAccumulateAcrossCalls() throws {
    let x = random([4, 6], 17)
    let weight = random([5, 6], 18)
    var once: [Tensor?] = []
    var twice: [Tensor?] = []
    let objective = { (values: [Tensor]) -> Tensor in linear(x, values[0]).sum() }
    _ = valueWithGradient(at: [weight], accumulatingInto: &once, objective)
    _ = valueWithGradient(at: [weight], accumulatingInto: &twice, objective)
    _ = valueWithGradient(at: [weight], accumulatingInto: &twice, objective)
    let (first, second) = (try #require(once[0]).scalars, try #require(twice[0]).scalars)
    for (a, b) in zip(first, second) { #expect(abs(2 * a - b) < 1e-4) }
  }
}
