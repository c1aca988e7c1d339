/// One token to take in: the next of a sequence.
public struct DecodingRow: Sendable, Hashable {
  public var sequence: Int
  public var token: Int32

  public init(sequence: Int, token: Int32) {
    self.sequence = sequence
    self.token = token
  }
}

/// Some sequences that a network is writing: their keys and values, and the latest scores.
///
/// One thread calls it at a time.
public final class DecodingState {
  /// What is done for one element type of the states between products.
  private enum Program {
    case float32(DecodingProgram<Float>)
    case bfloat16(DecodingProgram<BFloat16>)
  }

  private let network: DecodingNetwork
  private let rowsAtOnce: Int
  private let capacities: [Int]
  private let program: Program
  /// [rowsAtOnce, V].
  private let scores: Buffer

  /// The tokens of each sequence so far.
  public private(set) var counts: [Int]

  /// Begins sequences of so many tokens at most, all of them empty.
  ///
  /// - Parameter rowsAtOnce: The most tokens of one step.
  public init(_ network: DecodingNetwork, capacities: [Int], rowsAtOnce: Int) {
    precondition(rowsAtOnce > 0, "steps of \(rowsAtOnce) tokens")
    self.network = network
    self.rowsAtOnce = rowsAtOnce
    self.capacities = capacities
    counts = Array(repeating: 0, count: capacities.count)
    scores = Buffer(uninitializedCount: rowsAtOnce * network.vocabularySize)
    program =
      network.isFloat32
      ? .float32(DecodingProgram(network, capacities, rowsAtOnce: rowsAtOnce, scores: scores))
      : .bfloat16(DecodingProgram(network, capacities, rowsAtOnce: rowsAtOnce, scores: scores))
  }

  /// Takes in tokens of one sequence, many at once; afterwards row 0 holds the scores for what follows
  /// the last of them.
  public func read(_ tokens: [Int32], sequence: Int) {
    guard !tokens.isEmpty else { return }
    checkRoom(for: tokens.count, in: sequence)
    switch program {
    case .float32(let program): program.read(tokens, sequence: sequence, after: counts[sequence])
    case .bfloat16(let program): program.read(tokens, sequence: sequence, after: counts[sequence])
    }
    counts[sequence] += tokens.count
  }

  /// Takes in a token for each row, at most `rowsAtOnce`; afterwards row i holds the scores for what
  /// follows it.
  ///
  /// Rows of one sequence follow one another in its order. A row's scores have the same bits whatever
  /// other rows there are. Nothing is allocated.
  public func step(_ rows: [DecodingRow]) {
    precondition(rows.count <= rowsAtOnce, "\(rows.count) rows in steps of \(rowsAtOnce)")
    guard !rows.isEmpty else { return }
    switch program {
    case .float32(let program): program.step(rows, after: counts)
    case .bfloat16(let program): program.step(rows, after: counts)
    }
    for row in rows { counts[row.sequence] += 1 }
  }

  /// Forgets a sequence's tokens from `count` on.
  public func cut(sequence: Int, to count: Int) {
    precondition(
      (0...counts[sequence]).contains(count),
      "sequence \(sequence) of \(counts[sequence]) tokens cut to \(count)")
    counts[sequence] = count
  }

  /// Calls `body` with the scores [V] of a row; it may change them.
  public func withScores<Result, Failure: Error>(
    row: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition((0..<rowsAtOnce).contains(row), "row \(row) of \(rowsAtOnce)")
    let count = network.vocabularySize
    defer { withExtendedLifetime(scores) {} }
    return try body(
      UnsafeMutableBufferPointer(start: scores.pointer + row * count, count: count))
  }

  /// Holds that a sequence has room for more tokens.
  private func checkRoom(for count: Int, in sequence: Int) {
    precondition(
      counts[sequence] + count <= capacities[sequence],
      "\(counts[sequence]) and \(count) tokens in a sequence of at most \(capacities[sequence])")
  }
}
