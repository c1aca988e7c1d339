import Kernels
import Tensors
import Testing

/// Runs of sequences that share their beginnings.
struct PrefixCase: Sendable, CustomTestStringConvertible {
  let runs: [[Int]]
  let queryHeads: Int
  let keyValueHeads: Int
  let width: Int

  var testDescription: String { "\(runs), \(queryHeads)/\(keyValueHeads) heads of \(width)" }

  var layout: PrefixRuns { PrefixRuns(runs.map { (depth: $0[0], count: $0[1]) }) }

  /// Odd sizes; branches at the very beginning, inside an earlier run, at its end; runs that are cut
  /// into pieces and that make several tasks.
  static let all = [
    PrefixCase(runs: [[0, 1]], queryHeads: 2, keyValueHeads: 1, width: 6),
    PrefixCase(
      runs: [[0, 7], [7, 3], [9, 4], [2, 1], [0, 5]], queryHeads: 2, keyValueHeads: 2, width: 6),
    PrefixCase(
      runs: [[0, 130], [130, 1], [129, 2], [131, 33], [17, 200]], queryHeads: 4, keyValueHeads: 1,
      width: 10),
    PrefixCase(
      runs: [[0, 333], [300, 250], [10, 31], [41, 65], [0, 1], [1, 129]], queryHeads: 6,
      keyValueHeads: 3, width: 16),
    PrefixCase(
      runs: [[0, 45], [31, 19], [32, 8], [33, 15], [16, 40]], queryHeads: 4, keyValueHeads: 2,
      width: 64),
  ]
}

@Suite struct PrefixAttentionTests {
  /// The rows of each sequence, first token to last.
  private static func sequences(_ layout: PrefixRuns) -> [[Int]] {
    layout.runs.reduce(into: []) { sequences, run in
      sequences.append(Array((sequences.last ?? []).prefix(run.depth)) + Array(run.rows))
    }
  }

  private static func heads(_ sizes: PrefixCase, _ type: ElementType) -> Tensor {
    random(
      [1, sizes.queryHeads + 2 * sizes.keyValueHeads, sizes.layout.rowCount, sizes.width], 30
    ).converted(to: type).detached
  }

  /// The heads of some rows alone.
  private static func selecting(_ rows: [Int], of heads: Tensor) -> Tensor {
    let (count, tokens, width) = (heads.shape[1], heads.shape[2], heads.shape[3])
    let indices = (0..<count).flatMap { head in rows.map { Int32(head * tokens + $0) } }
    return heads.reshaped(to: [count * tokens, width]).rows(indices)
      .reshaped(to: [1, count, rows.count, width])
  }

  private static func run(
    _ heads: Tensor, _ sizes: PrefixCase, _ layout: PrefixRuns, _ prefix: inout KeyValuePrefix?
  ) -> Tensor {
    prefixAttention(
      heads, queryHeads: sizes.queryHeads, keyValueHeads: sizes.keyValueHeads, along: layout,
      prefix: &prefix)
  }

  /// Each sequence against attention written out in float64.
  @Test(arguments: PrefixCase.all)
  func everyElementIsRight(sizes: PrefixCase) {
    let heads = Self.heads(sizes, .float32)
    var prefix: KeyValuePrefix?
    let y = Self.run(heads, sizes, sizes.layout, &prefix).scalars
    let rowWidth = sizes.queryHeads * sizes.width
    for rows in Self.sequences(sizes.layout) {
      let x = Self.selecting(rows, of: heads).scalars.map(Double.init)
      let expected = PlainAttention(
        queryHeads: sizes.queryHeads, keyValueHeads: sizes.keyValueHeads, tokens: rows.count,
        width: sizes.width
      ).run(x, gradient: [Double](repeating: 0, count: rows.count * rowWidth)).y
      var worst = 0.0
      for (place, row) in rows.enumerated() {
        for i in 0..<rowWidth {
          worst = max(worst, abs(Double(y[row * rowWidth + i]) - expected[place * rowWidth + i]))
        }
      }
      #expect(worst < 2e-6)
    }
  }

  /// Each sequence has the very bits of the sequence in a row of its own.
  @Test(.enabled(if: PairedProduct.hasNativeInstructions), arguments: PrefixCase.all)
  func aSequenceIsARowOfItsOwn(sizes: PrefixCase) {
    let heads = Self.heads(sizes, .bfloat16)
    var prefix: KeyValuePrefix?
    let y = Self.run(heads, sizes, sizes.layout, &prefix)
    for rows in Self.sequences(sizes.layout) {
      let alone = causalAttention(
        Self.selecting(rows, of: heads), queryHeads: sizes.queryHeads,
        keyValueHeads: sizes.keyValueHeads)
      #expect(alone.scalars == y.rows(rows.map { Int32($0) }).scalars)
    }
  }

  /// Runs cut into two calls, the second going on from what the first has left.
  @Test(arguments: PrefixCase.all.filter { $0.runs.count > 1 }, [ElementType.float32, .bfloat16])
  func aCallGoesOnFromTheLast(sizes: PrefixCase, type: ElementType) {
    let heads = Self.heads(sizes, type)
    var whole: KeyValuePrefix?
    let y = Self.run(heads, sizes, sizes.layout, &whole).scalars
    let runs = sizes.layout.runs
    for cut in 1..<runs.count {
      let (first, second) = (runs[..<cut], runs[cut...])
      let carried = second.first?.depth ?? 0
      let parts = [(0, first), (carried, second)]
      var prefix: KeyValuePrefix?
      var found: [Float] = []
      for (carried, part) in parts {
        let layout = PrefixRuns(
          carried: carried, part.map { (depth: $0.depth, count: $0.rows.count) })
        let own = Self.selecting(part.flatMap(\.rows), of: heads)
        found += Self.run(own, sizes, layout, &prefix).scalars
      }
      #expect(prefix?.count == runs.last?.length)
      if type == .bfloat16, PairedProduct.hasNativeInstructions {
        #expect(found == y)
      } else {
        let worst = zip(found, y).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < (type == .float32 ? 1e-6 : 2e-2))
      }
    }
  }

  @Test func positionsArePlacesInSequences() {
    let layout = PrefixRuns(carried: 3, [(2, 2), (4, 1), (0, 3)])
    #expect(layout.positions == [2, 3, 4, 0, 1, 2])
    #expect(layout.rowCount == 6 && layout.longest == 5)
    #expect(layout.runs.map(\.rows) == [0..<2, 2..<3, 3..<6])
  }
}
