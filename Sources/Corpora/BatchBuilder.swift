/// A batch in the making.
///
/// A row under `AttentionScope.row` is one sequence of tokens: inputs are all but its last, targets all
/// but its first. Under `.document` each stretch of a piece is such a sequence and a segment: nothing
/// is predicted across stretches, and a stretch's last token is no input. What is left of a row is
/// padding with ignored targets, under `.document` a segment of its own, so that attention does not
/// go over it and a document at once.
package struct BatchBuilder {
  let batchSize: Int
  let sequenceLength: Int
  let paddingToken: Int32
  private var inputs: [Int32] = []
  private var targets: [Int32] = []
  private(set) var origins: [RowOrigin] = []
  private var targetCount = 0
  private var segmentStarts: [Int] = []
  private var keepsSegments = false

  package init(batchSize: Int, sequenceLength: Int, paddingToken: Int32) {
    self.batchSize = batchSize
    self.sequenceLength = sequenceLength
    self.paddingToken = paddingToken
    inputs.reserveCapacity(batchSize * sequenceLength)
    targets.reserveCapacity(batchSize * sequenceLength)
    origins.reserveCapacity(batchSize)
  }

  package var isFull: Bool { origins.count == batchSize }

  /// Adds a row of at least two and at most sequence length + 1 tokens, padded at its end.
  package mutating func append(_ tokens: ArraySlice<Int32>, origin: RowOrigin) {
    precondition(
      (2...(sequenceLength + 1)).contains(tokens.count),
      "row of \(tokens.count) tokens, expected 2 to \(sequenceLength + 1)")
    segmentStarts.append(inputs.count)
    let missing = sequenceLength + 1 - tokens.count
    inputs += missing > 0 ? tokens : tokens.dropLast()
    inputs += repeatElement(paddingToken, count: max(0, missing - 1))
    targets += tokens.dropFirst()
    targets += repeatElement(Batch.ignoredTarget, count: missing)
    targetCount += tokens.count - 1
    origins.append(origin)
  }

  /// Adds a row of stretches of at least two tokens each.
  ///
  /// Under `.row` they have at most sequence length + 1 tokens together; under `.document` at most
  /// sequence length, not counting the last of each.
  package mutating func append(
    _ stretches: [ArraySlice<Int32>], attention: AttentionScope, origin: RowOrigin
  ) {
    switch attention {
    case .row: append(Array(stretches.joined())[...], origin: origin)
    case .document: appendSegments(stretches, origin: origin)
    }
  }

  private mutating func appendSegments(_ stretches: [ArraySlice<Int32>], origin: RowOrigin) {
    keepsSegments = true
    let used = stretches.reduce(0) { $0 + $1.count - 1 }
    precondition(
      (1...sequenceLength).contains(used) && stretches.allSatisfy { $0.count >= 2 },
      "row of stretches of \(stretches.map(\.count)) tokens, expected at least 2 each and 1 to "
        + "\(sequenceLength) targets together, found \(used)")
    for stretch in stretches {
      segmentStarts.append(inputs.count)
      inputs += stretch.dropLast()
      targets += stretch.dropFirst()
    }
    let missing = sequenceLength - used
    if missing > 0 { segmentStarts.append(inputs.count) }
    inputs += repeatElement(paddingToken, count: missing)
    targets += repeatElement(Batch.ignoredTarget, count: missing)
    targetCount += used
    origins.append(origin)
  }

  package func finished() -> Batch {
    Batch(
      inputs: inputs, targets: targets, batchSize: origins.count, sequenceLength: sequenceLength,
      origins: origins, largestToken: max(inputs.max() ?? 0, targets.max() ?? 0),
      targetCount: targetCount, segmentStarts: keepsSegments ? segmentStarts : nil)
  }
}
