import Kernels

/// The language-modelling loss of a batch, and what it is made of.
public struct OutputLoss: Sendable {
  /// The target that stands for padding: it adds neither loss nor gradient.
  public static let ignoredTarget = OutputLossKernel.ignoredTarget

  /// crossEntropy + zLoss, a scalar through which gradients flow.
  public let total: Tensor
  /// Σ −ln p(target), divided by the normalizer, in nats.
  public let crossEntropy: Double
  /// zWeight · Σ (ln Σ e^logit)², divided by the normalizer.
  public let zLoss: Double
  /// The number of targets that are not padding.
  public let targetCount: Int
}

/// Cross entropy and z-loss (arXiv:2202.08906, eq. 5) of the output projection hidden · tableᵀ.
///
/// hidden [N, D], table [V, D], N targets. Sums go over targets that are not padding and are divided
/// by `normalizer` (by their own count when it is `nil`), so that microbatches of one step, given
/// the step's count, add up to the loss over all its tokens. The gradient is formed in the same
/// pass, block by block, and the logits of all tokens never exist together; where no gradient is
/// wanted, use `targetSums` or `targetScores`.
public func outputLoss(
  hidden: Tensor, table: Tensor, targets: [Int32], zWeight: Float, normalizer: Double? = nil
) -> OutputLoss {
  let (width, vocabulary) = checkedSizes(hidden, table, targets)
  let count = targets.count { $0 != OutputLossKernel.ignoredTarget }
  let scale = 1 / (normalizer ?? Double(max(count, 1)))
  let hiddenGradient = Buffer(
    uninitializedCount: hidden.buffer.count, of: hidden.elementType)
  let tableGradient = Buffer(uninitializedCount: table.buffer.count)
  precondition(
    table.elementType == .float32,
    "a table of \(table.elementType): its gradient is a sum over "
      + "all tokens, which takes float32")
  let sums = OutputLossKernel.forwardAndBackward(
    hidden: hidden.buffer, table: tableBuffer(table, for: hidden), targets: targets,
    width: width,
    vocabulary: vocabulary, zWeight: zWeight, gradientScale: Float(scale),
    hiddenGradient: hiddenGradient, tableGradient: tableGradient)
  let crossEntropy = sums.crossEntropy * scale
  let zLoss = Double(zWeight) * sums.squaredLogSum * scale
  let gradients = [
    Tensor(hiddenGradient, shape: hidden.shape), Tensor(tableGradient, shape: table.shape),
  ]
  let total = recorded(Tensor(Float(crossEntropy + zLoss)), from: hidden, table) { dy in
    gradients.map { .tensor(dy.scalar == 1 ? $0 : $0.scaled(by: dy.scalar)) }
  }
  return OutputLoss(
    total: total, crossEntropy: crossEntropy, zLoss: zLoss, targetCount: sums.targetCount)
}

/// Σ −ln p(target) in nats over the targets that are not padding, and their number.
///
/// Shapes as `outputLoss`; no gradient flows.
public func targetSums(
  hidden: Tensor, table: Tensor, targets: [Int32]
) -> (crossEntropy: Double, targetCount: Int) {
  let (width, vocabulary) = checkedSizes(hidden, table, targets)
  let sums = OutputLossKernel.forward(
    hidden: hidden.buffer, table: tableBuffer(table, for: hidden), targets: targets,
    width: width,
    vocabulary: vocabulary)
  return (sums.crossEntropy, sums.targetCount)
}

private func checkedSizes(
  _ hidden: Tensor, _ table: Tensor, _ targets: [Int32]
) -> (width: Int, vocabulary: Int) {
  let (width, vocabulary) = (hidden.shape.width, table.shape[0])
  precondition(
    table.shape == [vocabulary, width] && hidden.shape.rows == targets.count,
    "hidden states of shape \(hidden.shape), a table of shape \(table.shape) and "
      + "\(targets.count) targets")
  if let stray = targets.first(where: { $0 >= vocabulary || $0 < OutputLoss.ignoredTarget }) {
    preconditionFailure("target \(stray) is outside a vocabulary of \(vocabulary)")
  }
  return (width, vocabulary)
}

/// The table as it is, or in the hidden states' type if that is the wider: products only round.
private func tableBuffer(_ table: Tensor, for hidden: Tensor) -> Buffer {
  hidden.elementType == .float32 ? table.buffer(as: .float32) : table.buffer
}
