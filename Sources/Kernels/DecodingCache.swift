/// The keys and values of several sequences that grow by a token at a time, of one layer, laid out for
/// products once.
///
/// A token of one head costs W elements of keys and of values as they are and, for this project's
/// bfloat16 products, as many laid out: for the 270M model and both types 32 KiB a token and all
/// layers, so 32 sequences of 1,000 tokens a gibibyte.
public final class DecodingCache: @unchecked Sendable {
  private enum Paths {
    case float32([PathFactors<Float>])
    case bfloat16([PathFactors<BFloat16>])
  }

  /// The tokens of each sequence.
  public private(set) var counts: [Int]
  private let capacities: [Int]
  private let keyValueHeads: Int
  private let headWidth: Int
  /// Sequence by sequence, head by head.
  private let paths: Paths

  /// - Parameter capacities: The most tokens of each sequence.
  public init(capacities: [Int], keyValueHeads: Int, headWidth: Int, elementType: ElementType) {
    self.capacities = capacities
    self.keyValueHeads = keyValueHeads
    self.headWidth = headWidth
    counts = Array(repeating: 0, count: capacities.count)
    func paths<E: ProductElement>(of _: E.Type) -> [PathFactors<E>] {
      capacities.flatMap { capacity in
        (0..<keyValueHeads).map { _ in PathFactors(length: capacity, width: headWidth) }
      }
    }
    self.paths =
      elementType == .bfloat16
      ? .bfloat16(paths(of: BFloat16.self)) : .float32(paths(of: Float.self))
  }

  /// Takes in sequences that were laid out as runs, the first `ends.count` of the cache's.
  public func fill(
    with ends: [PrefixRuns.End], of packed: Buffer, carried: PrefixAttention.Carried?,
    _ attention: PrefixAttention
  ) {
    precondition(
      ends.count <= capacities.count && zip(ends, capacities).allSatisfy { $0.length <= $1 },
      "sequences of \(ends.map(\.length)) tokens in a cache for \(capacities)")
    switch paths {
    case .float32(let paths): fill(paths, ends, packed, carried, attention)
    case .bfloat16(let paths): fill(paths, ends, packed, carried, attention)
    }
    for (index, end) in ends.enumerated() { counts[index] = end.length }
  }

  private func fill<E: ProductElement>(
    _ paths: [PathFactors<E>], _ ends: [PrefixRuns.End], _ packed: Buffer,
    _ carried: PrefixAttention.Carried?, _ attention: PrefixAttention
  ) {
    let packed = UnsafePointer(packed.elements(of: E.self))
    ThreadPool.shared.forEach(ends.count * keyValueHeads) { [keyValueHeads] index in
      let end = ends[index / keyValueHeads]
      let source = attention.source(packed, carried, head: index % keyValueHeads)
      for piece in attention.runs.path(through: end.run, length: end.length) {
        source.copy(piece, to: paths[index])
      }
      paths[index].prepare(0..<end.length)
    }
  }

  /// y [N, H·W] ← attention of the next token of N different sequences, whose queries, keys and values
  /// are packed [H + 2K, N, W]; keys and values join the cache.
  public func attend(_ packed: Buffer, queryHeads: Int, sequences: [Int], into y: Buffer) {
    if let full = sequences.first(where: { counts[$0] >= capacities[$0] }) {
      preconditionFailure("a token more than \(capacities[full]) in sequence \(full) of a cache")
    }
    let heads = PackedHeads(
      queryHeads: queryHeads, keyValueHeads: keyValueHeads, headWidth: headWidth,
      rows: sequences.count)
    let scores = sequences.reduce(0) { $0 + counts[$1] + 1 }
    KernelClock.measure(
      "attention, forward", floatingPointOperations: heads.floatingPointOperations(scores: scores)
    ) {
      switch paths {
      case .float32(let paths): attend(paths, packed, heads, sequences, y)
      case .bfloat16(let paths): attend(paths, packed, heads, sequences, y)
      }
    }
    for sequence in sequences { counts[sequence] += 1 }
  }

  private func attend<E: ProductElement>(
    _ paths: [PathFactors<E>], _ packed: Buffer, _ heads: PackedHeads, _ sequences: [Int],
    _ y: Buffer
  ) {
    let (packed, y) = (UnsafePointer(packed.elements(of: E.self)), y.elements(of: E.self))
    ThreadPool.shared.forEach(sequences.count * keyValueHeads) {
      [keyValueHeads, headWidth, counts] index in
      let (row, head) = (index / keyValueHeads, index % keyValueHeads)
      let path = paths[sequences[row] * keyValueHeads + head]
      let position = counts[sequences[row]]
      let place = path.place(position)
      place.keys.update(
        from: heads.keys(packed, head: head) + row * headWidth, count: headWidth)
      place.values.update(
        from: heads.values(packed, head: head) + row * headWidth, count: headWidth)
      path.prepare(position..<position + 1)
      heads.attend(
        PrefixRuns.Run(depth: position, rows: row..<row + 1), along: path, packed, head: head,
        into: y)
    }
  }
}
