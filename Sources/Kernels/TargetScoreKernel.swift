import Foundation

/// A token whose probability is asked for, after a row of hidden states.
public struct ScoredTarget: Sendable, Hashable {
  public var row: Int
  public var token: Int32

  public init(row: Int, token: Int32) {
    self.row = row
    self.token = token
  }
}

/// What a row of logits says of a token.
public struct TargetScore: Sendable, Hashable {
  /// ln p(token), in nats.
  public var logLikelihood: Float
  /// Whether the token is the row's most likely one; of equals, the first.
  public var isGreedy: Bool
}

/// The output projection joined with the log-likelihoods of tokens, a block of rows at a time, so
/// that the logits of all rows never exist together. A row may have any number of targets.
///
/// N rows, D model width, V vocabulary.
public enum TargetScoreKernel {
  /// The matrix whose product with the hidden states gives the logits.
  public enum Table {
    /// [V, D], float32 as the hidden states are.
    case asStored(Buffer)
    /// The same, laid out for bfloat16 hidden states.
    case prepared(PreparedWeight)
  }

  /// The scores of targets, in their order; hidden [N, D].
  public static func scores(
    of targets: [ScoredTarget], hidden: Buffer, table: Table, rows: Int, width: Int,
    vocabulary: Int
  ) -> [TargetScore] {
    let ordered = TargetsByRow(targets, rows: rows)
    return [TargetScore](unsafeUninitializedCapacity: targets.count) { scores, count in
      count = targets.count
      guard let scores = scores.baseAddress else { return }
      let step = min(OutputLossKernel.rowsPerBlock(vocabulary: vocabulary), max(rows, 1))
      let logits = Buffer(uninitializedCount: step * vocabulary)
      defer { withExtendedLifetime(logits) {} }
      let lines = logits.pointer
      for start in stride(from: 0, to: rows, by: step) {
        let block = start..<min(start + step, rows)
        KernelClock.measure(
          "output and scores",
          floatingPointOperations: 2 * Double(block.count) * Double(width) * Double(vocabulary)
        ) {
          multiply(hidden, table, block, into: lines, width: width, vocabulary: vocabulary)
          ThreadPool.shared.forEachRange(block.count, grain: 4) { range in
            for row in range {
              ordered.score(start + row, lines + row * vocabulary, vocabulary, into: scores)
            }
          }
        }
      }
    }
  }

  /// The most likely token after each row; of equals, the first.
  public static func mostLikely(
    hidden: Buffer, table: Table, rows: Int, width: Int, vocabulary: Int
  ) -> [Int32] {
    let logits = Buffer(uninitializedCount: rows * vocabulary)
    defer { withExtendedLifetime(logits) {} }
    multiply(
      hidden, table, 0..<rows, into: logits.pointer, width: width, vocabulary: vocabulary)
    return (0..<rows).map { row in
      let line = logits.pointer + row * vocabulary
      let largest = SoftmaxKernel.maximum(line, vocabulary)
      return Int32((0..<vocabulary).first { line[$0] == largest } ?? 0)
    }
  }

  /// The logits of a block of rows.
  private static func multiply(
    _ hidden: Buffer, _ table: Table, _ rows: Range<Int>,
    into logits: UnsafeMutablePointer<Float>, width: Int, vocabulary: Int
  ) {
    let size = ProductSize(rows: rows.count, columns: vocabulary, inner: width)
    switch table {
    case .asStored(let table):
      let start = hidden.elements(of: Float.self) + rows.lowerBound * width
      MatrixMultiply.run(
        Operand(start, stride: width),
        PreparedFactor(Operand<Float>(table.elements(), stride: width, isTransposed: true)),
        into: logits, stride: vocabulary, size)
    case .prepared(let table):
      let start = hidden.elements(of: BFloat16.self) + rows.lowerBound * width
      MatrixMultiply.run(
        Operand(start, stride: width), table.factor, into: logits, stride: vocabulary, size)
    }
  }
}

/// Targets in the order of their rows.
private struct TargetsByRow {
  private let targets: [ScoredTarget]
  private let order: [Int]
  /// Where in the order each row's targets begin, and where the last row's end.
  private let starts: [Int]

  init(_ targets: [ScoredTarget], rows: Int) {
    self.targets = targets
    order = targets.indices.sorted { (targets[$0].row, $0) < (targets[$1].row, $1) }
    var starts = [Int](repeating: 0, count: rows + 1)
    for target in targets { starts[target.row + 1] += 1 }
    for row in 0..<rows { starts[row + 1] += starts[row] }
    self.starts = starts
  }

  /// The scores of one row's targets from its logits, which are lost.
  func score(
    _ row: Int, _ line: UnsafeMutablePointer<Float>, _ vocabulary: Int,
    into scores: UnsafeMutablePointer<TargetScore>
  ) {
    let own = order[starts[row]..<starts[row + 1]]
    if own.isEmpty { return }
    let largest = SoftmaxKernel.maximum(line, vocabulary)
    for index in own {
      let token = Int(targets[index].token)
      let isGreedy = line[token] == largest && !(0..<token).contains { line[$0] == largest }
      (scores + index).initialize(
        to: TargetScore(logLikelihood: line[token] - largest, isGreedy: isGreedy))
    }
    let logOfSum = log(SoftmaxKernel.exponentiate(line, vocabulary).sum)
    for index in own { scores[index].logLikelihood -= logOfSum }
  }
}
