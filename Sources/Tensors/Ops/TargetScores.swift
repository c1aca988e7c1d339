import Kernels

/// ln p(token) of tokens after rows of hidden states, and whether each is the most likely one.
///
/// hidden [N, D], table [V, D], in the hidden states' type or float32; the scores are in the order of
/// the targets. No gradient flows.
///
/// - Parameter prepared: The table as it was laid out once, for bfloat16 hidden states.
public func targetScores(
  hidden: Tensor, table: Tensor, prepared: PreparedWeight? = nil, targets: [ScoredTarget]
) -> [TargetScore] {
  let (rows, width, vocabulary) = (hidden.shape.rows, hidden.shape.width, table.shape[0])
  precondition(
    table.shape == [vocabulary, width],
    "hidden states of shape \(hidden.shape) and a table of shape \(table.shape)")
  if let stray = targets.first(where: {
    !(0..<rows).contains($0.row) || !(0..<vocabulary).contains(Int($0.token))
  }) {
    preconditionFailure("\(stray) is outside \(rows) rows or a vocabulary of \(vocabulary)")
  }
  return TargetScoreKernel.scores(
    of: targets, hidden: hidden.buffer, table: factor(hidden, table, prepared), rows: rows,
    width: width, vocabulary: vocabulary)
}

/// The most likely token after each row; of equals, the first. Shapes as `targetScores`.
public func mostLikelyTokens(
  hidden: Tensor, table: Tensor, prepared: PreparedWeight? = nil
) -> [Int32] {
  precondition(
    table.shape == [table.shape[0], hidden.shape.width],
    "hidden states of shape \(hidden.shape) and a table of shape \(table.shape)")
  return TargetScoreKernel.mostLikely(
    hidden: hidden.buffer, table: factor(hidden, table, prepared), rows: hidden.shape.rows,
    width: hidden.shape.width, vocabulary: table.shape[0])
}

private func factor(
  _ hidden: Tensor, _ table: Tensor, _ prepared: PreparedWeight?
) -> TargetScoreKernel.Table {
  hidden.elementType == .float32
    ? .asStored(table.buffer(as: .float32)) : .prepared(prepared ?? PreparedWeight(table))
}
