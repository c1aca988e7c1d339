import Foundation

/// Attention written out in float64, one score at a time, as the equations stand.
struct PlainAttention {
  let queryHeads: Int
  let keyValueHeads: Int
  let tokens: Int
  let width: Int
  /// The first token of each segment.
  var segmentStarts = [0]

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
        let visible = (segmentStarts.last { $0 <= t } ?? 0)...t
        let scores = visible.map { s in
          (0..<width).reduce(0) { $0 + x[at(head, t, $1)] * x[at(key, s, $1)] } * scale
        }
        let largest = scores.max() ?? 0
        let exponentials = scores.map { exp($0 - largest) }
        let total = exponentials.reduce(0, +)
        let p = exponentials.map { $0 / total }
        let out = { (i: Int) in (t * queryHeads + head) * width + i }
        for i in 0..<width {
          y[out(i)] = zip(p, visible).reduce(0) { $0 + $1.0 * x[at(value, $1.1, i)] }
        }
        let dp = visible.map { s in
          (0..<width).reduce(0) { $0 + dy[out($1)] * x[at(value, s, $1)] }
        }
        let mean = zip(p, dp).reduce(0) { $0 + $1.0 * $1.1 }
        for (place, s) in visible.enumerated() {
          let ds = p[place] * (dp[place] - mean) * scale
          for i in 0..<width {
            dx[at(head, t, i)] += ds * x[at(key, s, i)]
            dx[at(key, s, i)] += ds * x[at(head, t, i)]
            dx[at(value, s, i)] += p[place] * dy[out(i)]
          }
        }
      }
    }
    return (y, dx)
  }
}
