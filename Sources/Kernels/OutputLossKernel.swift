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

    init(crossEntropy: Double = 0, squaredLogSum: Double = 0, targetCount: Int = 0) {
      self.crossEntropy = crossEntropy
      self.squaredLogSum = squaredLogSum
      self.targetCount = targetCount
    }

    static func += (total: inout Sums, part: Sums) {
      total.crossEntropy += part.crossEntropy
      total.squaredLogSum += part.squaredLogSum
      total.targetCount += part.targetCount
    }
  }

  /// Logits at a time: 8 M elements are 32 MiB.
  package static func rowsPerBlock(vocabulary: Int) -> Int {
    max(64, (1 << 23) / vocabulary / 64 * 64)
  }

  /// Computes the sums over all targets, and the gradients of
  /// (crossEntropy + zWeight · squaredLogSum) · `gradientScale`.
  ///
  /// Both directions happen at once while a block's logits are at hand; where all is float32, their
  /// gradient takes their place. `hidden` and `hiddenGradient` [N, D] are of one type, which is the
  /// products'; `tableGradient` [V, D] is float32; both gradients are overwritten.
  public static func forwardAndBackward(
    hidden: Buffer, table: Buffer, targets: [Int32], width: Int, vocabulary: Int,
    zWeight: Float, gradientScale: Float, hiddenGradient: Buffer, tableGradient: Buffer
  ) -> Sums {
    var sums = Sums()
    let operations = 6 * Double(targets.count) * Double(width) * Double(vocabulary)
    KernelClock.measure("output and loss", floatingPointOperations: operations) {
      let call = Call(
        hidden: hidden, table: table, targets: targets, width: width, vocabulary: vocabulary)
      let loss = (zWeight, gradientScale)
      switch hidden.elementType {
      case .bfloat16:
        sums = call.run(loss, hiddenGradient, tableGradient, of: BFloat16.self)
      default: sums = call.run(loss, hiddenGradient, tableGradient, of: Float.self)
      }
      if targets.isEmpty { Fill.constant(0, into: tableGradient) }
    }
    return sums
  }

  /// The sums alone.
  public static func forward(
    hidden: Buffer, table: Buffer, targets: [Int32], width: Int, vocabulary: Int
  ) -> Sums {
    let call = Call(
      hidden: hidden, table: table, targets: targets, width: width, vocabulary: vocabulary)
    return call.forEachBlock { logits, rows in
      losses(logits, targets[rows], vocabulary: vocabulary) { _, _, _, _ in }
    }
  }

  /// The matrices and targets of one call.
  private struct Call {
    let hidden: Buffer
    let table: Buffer
    let targets: [Int32]
    let width: Int
    let vocabulary: Int

    /// Calls `body` with the logits of one block of targets after another and adds up its sums.
    func forEachBlock(_ body: (Buffer, Range<Int>) -> Sums) -> Sums {
      switch hidden.elementType {
      case .bfloat16: forEachBlock(of: BFloat16.self, body)
      default: forEachBlock(of: Float.self, body)
      }
    }

    private func forEachBlock<E: ProductElement>(
      of _: E.Type, _ body: (Buffer, Range<Int>) -> Sums
    ) -> Sums {
      let step = min(rowsPerBlock(vocabulary: vocabulary), max(targets.count, 1))
      let logits = Buffer(uninitializedCount: step * vocabulary)
      let preparation = FactorPreparation<E>(
        inner: width, columns: vocabulary, from: table.elementType)
      defer { withExtendedLifetime(preparation) {} }
      let prepared = prepare(preparation, isTransposed: true)
      var total = Sums()
      for start in stride(from: 0, to: targets.count, by: step) {
        let rows = start..<min(start + step, targets.count)
        MatrixMultiply.run(
          Operand<E>(hidden.elements() + start * width, stride: width),
          prepared, into: logits.pointer, stride: vocabulary,
          ProductSize(rows: rows.count, columns: vocabulary, inner: width))
        total += body(logits, rows)
      }
      return total
    }

    /// The table, or its transpose, as a factor of products in E.
    private func prepare<E: ProductElement>(
      _ preparation: FactorPreparation<E>, isTransposed: Bool
    ) -> PreparedFactor<E> {
      switch table.elementType {
      case .bfloat16:
        preparation.prepareInParallel(
          Operand(table.elements(of: BFloat16.self), stride: width, isTransposed: isTransposed))
      default:
        preparation.prepareInParallel(
          Operand(table.elements(of: Float.self), stride: width, isTransposed: isTransposed))
      }
    }

    func run<E: ProductElement>(
      _ loss: (zWeight: Float, scale: Float), _ hiddenGradient: Buffer, _ tableGradient: Buffer,
      of _: E.Type
    ) -> Sums {
      let step = min(rowsPerBlock(vocabulary: vocabulary), max(targets.count, 1))
      let rounded =
        E.elementType == .float32
        ? nil : Buffer(uninitializedCount: step * vocabulary, of: E.elementType)
      let dh = hiddenGradient.elements(of: E.self)
      let preparation = FactorPreparation<E>(
        inner: vocabulary, columns: width, from: table.elementType)
      defer { withExtendedLifetime(preparation) {} }
      let prepared = prepare(preparation, isTransposed: false)
      var isFirst = true
      return forEachBlock(of: E.self) { logits, rows in
        let gradient = (rounded ?? logits).elements(of: E.self)
        let results = form(loss, logits, rows, into: gradient)
        MatrixMultiply.run(
          Operand(gradient, stride: vocabulary), prepared, into: dh + rows.lowerBound * width,
          stride: width,
          ProductSize(rows: rows.count, columns: width, inner: vocabulary))
        let states = FactorPreparation<E>(
          inner: rows.count, columns: width, from: E.elementType)
        defer { withExtendedLifetime(states) {} }
        MatrixMultiply.run(
          Operand(gradient, stride: vocabulary, isTransposed: true),
          states.prepareInParallel(
            Operand<E>(hidden.elements() + rows.lowerBound * width, stride: width)),
          into: tableGradient.pointer, stride: width,
          ProductSize(rows: vocabulary, columns: width, inner: rows.count),
          accumulating: !isFirst)
        isFirst = false
        return results
      }
    }

    /// The gradient of a block of logits: softmax less one at the target, weighted.
    private func form<E: ProductElement>(
      _ loss: (zWeight: Float, scale: Float), _ logits: Buffer, _ rows: Range<Int>,
      into gradient: UnsafeMutablePointer<E>
    ) -> Sums {
      let (exponentials, vocabulary) = (logits.pointer, vocabulary)
      return losses(logits, targets[rows], vocabulary: vocabulary) { row, target, sum, logSum in
        let (line, result) = (exponentials + row * vocabulary, gradient + row * vocabulary)
        let weight = loss.scale * (1 + 2 * loss.zWeight * logSum) / sum
        if target == ignoredTarget {
          result.update(repeating: E(0), count: vocabulary)
          return
        }
        // Before rounding: near 1 a rounded probability would lose its distance to 1.
        let atTarget = line[Int(target)] * weight - loss.scale
        VectorLoop.map(line, into: result, vocabulary) { $0 * weight }
        result[Int(target)] = E(atTarget)
      }
    }
  }

  /// Turns each row of logits into exponentials, adds up its loss and hands its number to `body` with its
  /// target, the sum of the exponentials and the log-sum-exp. Rows of padding become zeros.
  private static func losses(
    _ logits: Buffer, _ targets: ArraySlice<Int32>, vocabulary: Int,
    _ body: @escaping (_ row: Int, _ target: Int32, _ sum: Float, _ logSum: Float) -> Void
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
          body(row, target, 1, 0)
          continue
        }
        let targetLogit = line[Int(target)]
        let (sum, largest) = SoftmaxKernel.exponentiate(line, vocabulary)
        let logOfSum = log(sum)
        results[2 * row] = (largest - targetLogit) + logOfSum
        results[2 * row + 1] = largest + logOfSum
        body(row, target, sum, largest + logOfSum)
      }
    }
    var sums = Sums()
    for row in 0..<targets.count where targets[first + row] != ignoredTarget {
      sums.crossEntropy += Double(results[2 * row])
      sums.squaredLogSum += Double(results[2 * row + 1]) * Double(results[2 * row + 1])
      sums.targetCount += 1
    }
    return sums
  }
}
