import Kernels

/// Requests laid out for one pass through a model: what their sequences share at the beginning
/// stands there once, and nothing is padded.
struct PackedRequests {
  /// The tokens to read, run after run.
  private(set) var tokens: [Int32] = []
  /// How the sequences are made of them.
  let runs: PrefixRuns
  /// The rows whose next token is asked for, ascending.
  let rows: [Int32]
  /// The tokens asked for, each after one of `rows` (by index), request by request.
  private(set) var targets: [ScoredTarget] = []
  /// Where each request's sequence ends.
  let ends: [PrefixRuns.End]
  /// The last sequence, carried tokens included.
  private(set) var lastSequence: [Int32] = []

  /// - Parameter carried: The sequence whose keys and values the model still has.
  init(_ requests: [TokenizedRequest], carried: [Int32] = []) {
    // The last token is only a target.
    let sequences = requests.map { Array(($0.context + $0.continuation).dropLast()) }
    let order = requests.indices.sorted { sequences[$0].lexicographicallyPrecedes(sequences[$1]) }
    lastSequence = Array(carried.prefix(Self.reusable(carried, requests, sequences, order.first)))
    var added: [(depth: Int, count: Int)] = []
    // The row of each token of the last sequence; the carried ones have none.
    var rowOfToken = [Int32](repeating: -1, count: lastSequence.count)
    var rowsOfTargets = [[Int32]](repeating: [], count: requests.count)
    var ends = [PrefixRuns.End](repeating: .init(run: 0, length: 0), count: requests.count)
    let carriedCount = lastSequence.count
    for index in order {
      let sequence = sequences[index]
      let depth = sequence.commonPrefixCount(with: lastSequence)
      if depth < sequence.count {
        rowOfToken.removeSubrange(depth...)
        for _ in depth..<sequence.count {
          rowOfToken.append(Int32(tokens.count + rowOfToken.count - depth))
        }
        added.append((depth, sequence.count - depth))
        tokens += sequence[depth...]
        lastSequence = sequence
      }
      ends[index] = .init(run: added.count - 1, length: sequence.count)
      rowsOfTargets[index] = Array(
        rowOfToken[(requests[index].context.count - 1)..<sequence.count])
    }
    self.ends = ends
    runs = PrefixRuns(carried: carriedCount, added)
    var indexOfRow = [Int](repeating: -1, count: tokens.count)
    for row in rowsOfTargets.joined() { indexOfRow[Int(row)] = 0 }
    rows = indexOfRow.indices.filter { indexOfRow[$0] == 0 }.map { Int32($0) }
    for (index, row) in rows.enumerated() { indexOfRow[Int(row)] = index }
    for (request, rows) in zip(requests, rowsOfTargets) {
      targets += zip(rows, request.continuation).map {
        ScoredTarget(row: indexOfRow[Int($0)], token: $1)
      }
    }
  }

  /// How many of the carried tokens serve the first sequence, such that no hidden state is asked for
  /// of any of them: those are not kept.
  private static func reusable(
    _ carried: [Int32], _ requests: [TokenizedRequest], _ sequences: [[Int32]], _ first: Int?
  ) -> Int {
    guard let first, !carried.isEmpty else { return 0 }
    let shared = sequences[first].commonPrefixCount(with: carried)
    return zip(requests, sequences).reduce(shared) { least, pair in
      let (request, sequence) = pair
      let isWithin = sequence.commonPrefixCount(with: carried) >= request.context.count
      return isWithin ? min(least, request.context.count - 1) : least
    }
  }
}

extension Array where Element == Int32 {
  /// How many tokens both begin with.
  func commonPrefixCount(with other: [Int32]) -> Int {
    let limit = Swift.min(count, other.count)
    return (0..<limit).first { self[$0] != other[$0] } ?? limit
  }
}
