import Tensors
import Testing

@Suite struct CausalAttentionTests {
  /// Every element of result and gradient, on lengths on both sides of the block of 128 queries.
  @Test(arguments: [(1, 2, 1), (127, 2, 2), (128, 4, 2), (129, 2, 1), (300, 2, 1)])
  func everyElementIsRight(tokens: Int, queryHeads: Int, keyValueHeads: Int) {
    let width = 6
    let x = random([1, queryHeads + 2 * keyValueHeads, tokens, width], 20)
    let dy = random([tokens, queryHeads * width], 21)
    var gradients: [Tensor?] = []
    var y: [Float] = []
    _ = valueWithGradient(at: [x], accumulatingInto: &gradients) { leaves in
      let result = causalAttention(
        leaves[0], queryHeads: queryHeads, keyValueHeads: keyValueHeads)
      y = result.scalars
      return (result * dy).sum()
    }
    let expected = PlainAttention(
      queryHeads: queryHeads, keyValueHeads: keyValueHeads, tokens: tokens, width: width
    ).run(x.scalars.map(Double.init), gradient: dy.scalars.map(Double.init))
    let dx = gradients[0]?.scalars ?? []
    #expect(dx.count == expected.dx.count)
    let worst = zip(y, expected.y).map { abs(Double($0) - $1) }.max() ?? .infinity
    let worstGradient = zip(dx, expected.dx).map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(worst < 2e-6)
    // Keys of early tokens gather hundreds of terms.
    #expect(worstGradient < 2e-5)
  }
}
