extension Batch {
  /// A batch of tokens that come from no corpus, such as a reference run's.
  ///
  /// - Parameters:
  ///   - inputs: Tokens to read, [batchSize, sequenceLength].
  ///   - targets: Tokens to predict, or `ignoredTarget`, of the same shape.
  ///   - segmentStarts: Where the rows' segments begin; nil if each row is one sequence.
  public init(
    inputs: [Int32], targets: [Int32], batchSize: Int, segmentStarts: [Int]? = nil
  ) {
    precondition(
      inputs.count == targets.count && inputs.count % batchSize == 0,
      "\(inputs.count) inputs and \(targets.count) targets in \(batchSize) rows")
    self.init(
      inputs: inputs, targets: targets, batchSize: batchSize,
      sequenceLength: inputs.count / batchSize, origins: [],
      largestToken: max(inputs.max() ?? 0, targets.max() ?? 0),
      targetCount: targets.count { $0 != Self.ignoredTarget }, segmentStarts: segmentStarts)
  }
}
