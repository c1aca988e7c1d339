import Foundation
import Tensors
import Testing

/// Attention written out in float64, one score at a time, as the equations stand.
private struct PlainAttention {
  let queryHeads: Int
  let keyValueHeads: Int
  let tokens: Int
  let width: Int

  private func at(_ head: Int, _ token: Int, _ i: Int) -> Int {
    (head * tokens + token) * width + i
  }

  /// The result [T, H·W] and, for a gradient of it, that of the packed heads.
  func run(_ x: [Double], gradient dy: [Double]) -> (y: [Double], dx: [Double]) {
    var y = [Double](repeating: 0, count: tokens * queryHeads * width)
    var dx = [Double](repeating: 0, count: x.count)
    let scale = 1 / Double(width).squareRoot()
    for head in 0..<queryHeads {
      let key = queryHeads + head / (queryHeads / keyValueHeads)
      let value = key + keyValueHeads
      for t in 0..<tokens {
        let scores = (0...t).map { s in
          (0..<width).reduce(0) { $0 + x[at(head, t, $1)] * x[at(key, s, $1)] } * scale
        }
        let largest = scores.max() ?? 0
        let exponentials = scores.map { exp($0 - largest) }
        let total = exponentials.reduce(0, +)
        let p = exponentials.map { $0 / total }
        let out = { (i: Int) in (t * queryHeads + head) * width + i }
        for i in 0..<width {
          y[out(i)] = (0...t).reduce(0) { $0 + p[$1] * x[at(value, $1, i)] }
        }
        let dp = (0...t).map { s in
          (0..<width).reduce(0) { $0 + dy[out($1)] * x[at(value, s, $1)] }
        }
        let mean = zip(p, dp).reduce(0) { $0 + $1.0 * $1.1 }
        for s in 0...t {
          let ds = p[s] * (dp[s] - mean) * scale
          for i in 0..<width {
            dx[at(head, t, i)] += ds * x[at(key, s, i)]
            dx[at(key, s, i)] += ds * x[at(head, t, i)]
            dx[at(value, s, i)] += p[s] * dy[out(i)]
          }
        }
      }
    }
    return (y, dx)
  }
}

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
