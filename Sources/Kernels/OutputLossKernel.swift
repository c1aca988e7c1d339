import Foundation

/// The output projection joined with cross entropy and z-loss, a block of tokens at a time, so that
/// the logits of all tokens never exist together.
///
/// N tokens, D model width, V vocabulary.
public enum OutputLossKernel {
  /// A target that is padding: it adds neither loss nor gradient.
  public static let ignoredTarget: Int32 = -1

  /// What a batch's targets add up to, before division by anything.
  public struct Sums: Sendable {
    /// Σ (log-sum-exp − target's logit), in nats.
    public var crossEntropy: Double
    /// Σ log-sum-exp².
    public var squaredLogSum: Double
    /// The number of targets that are not padding.
    public var targetCount: Int
  }

  /// Logits at a time: 8 M elements are 32 MiB.
  private static func rowsPerBlock(vocabulary: Int) -> Int {
    max(64, (1 << 23) / vocabulary / 64 * 64)
  }

  /// Computes the sums over all targets, and the gradients of
  /// (crossEntropy + zWeight · squaredLogSum) · `gradientScale`.
  ///
  /// Both directions happen at once while a block's logits are at hand; their gradient takes their
  /// place. `hiddenGradient` [N, D] and `tableGradient` [V, D] are overwritten.
  public static func forwardAndBackward(
    hidden: Buffer, table: Buffer, targets: [Int32], width: Int, vocabulary: Int,
    zWeight: Float, gradientScale: Float, hiddenGradient: Buffer, tableGradient: Buffer
  ) -> Sums {
    let dh = hiddenGradient.pointer
    var isFirst = true
    let sums = forEachBlock(
      hidden: hidden, table: table, targets: targets, width: width, vocabulary: vocabulary
    ) { logits, rows in
      let lines = logits.pointer
      let results = losses(logits, targets[rows], vocabulary: vocabulary) {
        line, target, sum, logSum in
        let weight = gradientScale * (1 + 2 * zWeight * logSum) / sum
        VectorLoop.map(line, into: line, vocabulary) { $0 * weight }
        line[target] -= gradientScale
      }
      MatrixMultiply.run(
        lines, .asStored, stride: vocabulary, table.pointer, .asStored, stride: width,
        into: dh + rows.lowerBound * width, stride: width,
        rows: rows.count, columns: width, inner: vocabulary)
      MatrixMultiply.run(
        lines, .transposed, stride: vocabulary,
        hidden.pointer + rows.lowerBound * width, .asStored, stride: width,
        into: tableGradient.pointer, stride: width,
        rows: vocabulary, columns: width, inner: rows.count, accumulating: !isFirst)
      isFirst = false
      return results
    }
    if targets.isEmpty { Fill.constant(0, into: tableGradient) }
    return sums
  }

  /// The sums alone.
  public static func forward(
    hidden: Buffer, table: Buffer, targets: [Int32], width: Int, vocabulary: Int
  ) -> Sums {
    forEachBlock(
      hidden: hidden, table: table, targets: targets, width: width, vocabulary: vocabulary
    ) { logits, rows in
      losses(logits, targets[rows], vocabulary: vocabulary) { _, _, _, _ in }
    }
  }

  /// The log-likelihood of each target, and whether it is the most likely token.
  public static func score(
    hidden: Buffer, table: Buffer, targets: [Int32], width: Int, vocabulary: Int
  ) -> [(logLikelihood: Float, isGreedy: Bool)] {
    var scores = [(logLikelihood: Float, isGreedy: Bool)](
      repeating: (0, false), count: targets.count)
    _ = forEachBlock(
      hidden: hidden, table: table, targets: targets, width: width, vocabulary: vocabulary
    ) { logits, rows in
      for row in rows {
        let line = logits.pointer + (row - rows.lowerBound) * vocabulary
        let target = line[Int(targets[row])]
        let (sum, largest) = SoftmaxKernel.exponentiate(line, vocabulary)
        scores[row] = (target - largest - log(sum), target == largest)
      }
      return Sums(crossEntropy: 0, squaredLogSum: 0, targetCount: rows.count)
    }
    return scores
  }

  private static func forEachBlock(
    hidden: Buffer, table: Buffer, targets: [Int32], width: Int, vocabulary: Int,
    _ body: (Buffer, Range<Int>) -> Sums
  ) -> Sums {
    let step = min(rowsPerBlock(vocabulary: vocabulary), max(targets.count, 1))
    let logits = Buffer(uninitializedCount: step * vocabulary)
    defer { withExtendedLifetime(logits) {} }
    var total = Sums(crossEntropy: 0, squaredLogSum: 0, targetCount: 0)
    for start in stride(from: 0, to: targets.count, by: step) {
      let rows = start..<min(start + step, targets.count)
      MatrixMultiply.run(
        hidden.pointer + start * width, .asStored, stride: width,
        table.pointer, .transposed, stride: width, into: logits.pointer, stride: vocabulary,
        rows: rows.count, columns: vocabulary, inner: width)
      let sums = body(logits, rows)
      total.crossEntropy += sums.crossEntropy
      total.squaredLogSum += sums.squaredLogSum
      total.targetCount += sums.targetCount
    }
    return total
  }

  /// Turns each row of logits into exponentials, adds up its loss and hands it to `body` with its
  /// target, the sum of the exponentials and the log-sum-exp. Rows of padding become zeros.
  private static func losses(
    _ logits: Buffer, _ targets: ArraySlice<Int32>, vocabulary: Int,
    _ body: @escaping (UnsafeMutablePointer<Float>, Int, Float, Float) -> Void
  ) -> Sums {
    let perRow = Buffer(repeating: 0, count: 2 * targets.count)
    defer { withExtendedLifetime(perRow) {} }
    let (lines, results, first) = (logits.pointer, perRow.pointer, targets.startIndex)
    ThreadPool.shared.forEachRange(targets.count, grain: 4) { range in
      for row in range {
        let line = lines + row * vocabulary
        let target = targets[first + row]
        guard target != ignoredTarget else {
          line.update(repeating: 0, count: vocabulary)
          continue
        }
        let targetLogit = line[Int(target)]
        let (sum, largest) = SoftmaxKernel.exponentiate(line, vocabulary)
        let logOfSum = log(sum)
        results[2 * row] = (largest - targetLogit) + logOfSum
        results[2 * row + 1] = largest + logOfSum
        body(line, Int(target), sum, largest + logOfSum)
      }
    }
    var sums = Sums(crossEntropy: 0, squaredLogSum: 0, targetCount: 0)
    for row in 0..<targets.count where targets[first + row] != ignoredTarget {
      sums.crossEntropy += Double(results[2 * row])
      sums.squaredLogSum += Double(results[2 * row + 1]) * Double(results[2 * row + 1])
      sums.targetCount += 1
    }
    return sums
  }
}
