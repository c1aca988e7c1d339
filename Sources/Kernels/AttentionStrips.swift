extension AttentionKernel {
  /// Tokens of one row that see each other, and nothing else.
  struct Segment {
    let row: Int
    let queries: Range<Int>
    /// More than the queries where earlier tokens are in a cache: the queries are the last.
    let keys: Range<Int>
  }

  /// The scores of one block of a segment's queries against all the keys that any of them may see.
  struct Strip {
    /// Which of the layout's segments it belongs to.
    let segment: Int
    /// The first query of the block, in its row.
    let first: Int
    let rows: Int
    /// The first key of the segment, in its row.
    let firstKey: Int
    /// Keys, from the segment's first on, that the block's last query sees.
    let keys: Int
    private let keysBefore: Int

    /// The strip after so many queries of the segment of this index.
    init(queriesBefore before: Int, of segment: Segment, index: Int) {
      self.segment = index
      first = segment.queries.lowerBound + before
      rows = min(queriesPerBlock, segment.queries.count - before)
      firstKey = segment.keys.lowerBound
      keysBefore = segment.keys.count - segment.queries.count + before
      keys = keysBefore + rows
    }

    /// How many of these keys the block's `row`-th query sees.
    func visible(_ row: Int) -> Int { keysBefore + row + 1 }
  }
}

extension AttentionKernel.Layout {
  /// The segments, row by row.
  var segmentList: [AttentionKernel.Segment] {
    guard let segments else {
      return (0..<batch).map {
        AttentionKernel.Segment(row: $0, queries: 0..<queryCount, keys: 0..<keyCount)
      }
    }
    return segments.places.map {
      AttentionKernel.Segment(row: $0.row, queries: $0.columns, keys: $0.columns)
    }
  }

  /// Each segment's strips, first to last.
  func strips(of segments: [AttentionKernel.Segment]) -> [[AttentionKernel.Strip]] {
    segments.enumerated().map { index, segment in
      stride(from: 0, to: segment.queries.count, by: AttentionKernel.queriesPerBlock).map {
        AttentionKernel.Strip(queriesBefore: $0, of: segment, index: index)
      }
    }
  }
}
