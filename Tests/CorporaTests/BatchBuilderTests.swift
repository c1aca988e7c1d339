import Corpora
import Testing

@Suite struct BatchBuilderTests {
  private static let origin = RowOrigin(
    first: .init(path: "a", line: 1, piece: 0), last: .init(path: "a", line: 2, piece: 0))
  private static let none = Batch.ignoredTarget

  private static func builder(_ batchSize: Int = 1, length: Int) -> BatchBuilder {
    BatchBuilder(batchSize: batchSize, sequenceLength: length, paddingToken: 0)
  }

  @Test func withinARowDocumentsRunOn() {
    var builder = Self.builder(length: 6)
    builder.append([[1, 2, 3], [4, 5]], attention: .row, origin: Self.origin)
    let batch = builder.finished()
    #expect(batch.inputs == [1, 2, 3, 4, 5, 0])
    #expect(batch.targets == [2, 3, 4, 5, Self.none, Self.none])
    #expect(batch.segmentStarts == nil && batch.targetCount == 4)
    var plain = Self.builder(length: 6)
    plain.append([1, 2, 3, 4, 5], origin: Self.origin)
    #expect(plain.finished() == batch)
  }

  @Test func nothingIsPredictedAcrossDocuments() {
    var builder = Self.builder(2, length: 6)
    builder.append([[1, 2, 3], [4, 5]], attention: .document, origin: Self.origin)
    builder.append([[6, 7, 8, 9], [10, 11, 12, 13]], attention: .document, origin: Self.origin)
    #expect(builder.isFull)
    let batch = builder.finished()
    #expect(batch.inputs == [1, 2, 4, 0, 0, 0, 6, 7, 8, 10, 11, 12])
    #expect(
      batch.targets == [2, 3, 5, Self.none, Self.none, Self.none, 7, 8, 9, 11, 12, 13])
    // The padding is a segment, and a full row has none.
    #expect(batch.segmentStarts == [0, 2, 3, 6, 9])
    #expect(batch.targetCount == 9 && batch.largestToken == 13)
    #expect(batch.batchSize == 2 && batch.origins.count == 2)
  }

  /// A row of one sequence among others is one segment.
  @Test func rowsOfBothKindsShareABatch() {
    var builder = Self.builder(2, length: 3)
    builder.append([1, 2, 3, 4], origin: Self.origin)
    builder.append([[5, 6], [7, 8]], attention: .document, origin: Self.origin)
    #expect(builder.finished().segmentStarts == [0, 3, 4, 5])
  }

  /// A packer's rows fit the builder, and its count of targets is the batch's.
  @Test(arguments: AttentionScope.allCases)
  func aPackersRowsFit(attention: AttentionScope) {
    var generator = TestGenerator(state: 5)
    for length in [1, 2, 7, 33] {
      let pieces = (0..<200).map { piece -> [Int32] in
        (0..<Int.random(in: 0...2 * length + 3, using: &generator)).map { Int32(piece * 100 + $0) }
      }
      let packer = BestFitPacker(sequenceLength: length, attention: attention)
      let rows = packer.rows(ofPieces: pieces.map(\.count))
      var builder = Self.builder(rows.count, length: length)
      for row in rows {
        builder.append(row.slices(of: pieces), attention: attention, origin: Self.origin)
      }
      let batch = builder.finished()
      #expect(batch.inputs.count == rows.count * length)
      let statistics = PackingStatistics(rows, packedBy: packer)
      #expect(statistics.tokensUsed == batch.targetCount)
      #expect(statistics.tokensPadded == batch.inputs.count - batch.targetCount)
      guard attention == .document else { continue }
      // Each target is its input's successor, and each token but a piece's first is a target once.
      for (input, target) in zip(batch.inputs, batch.targets) where target != Self.none {
        #expect(target == input + 1)
      }
      let expected = pieces.flatMap { $0.dropFirst() }
      #expect(batch.targets.filter { $0 != Self.none }.sorted() == expected)
    }
  }
}
