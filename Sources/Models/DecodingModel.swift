import Kernels

/// A model whose weights are laid out for writing text: nothing about it can be trained.
public protocol DecodingModel: Sendable {
  /// V, the number of scores for the next token; a tokenizer may know fewer.
  var vocabularySize: Int { get }
  /// The longest sequence it was made for.
  var contextLength: Int { get }
  /// The bytes of weights that are read to write one token of one sequence.
  var bytesPerToken: Int { get }
  /// The bytes of keys and values that are read to write a token after so many.
  func cacheBytesPerToken(after count: Int) -> Int

  /// Begins sequences of so many tokens at most, all of them empty.
  ///
  /// - Parameter rowsAtOnce: The most tokens that a `step` takes.
  func makeSession(capacities: [Int], rowsAtOnce: Int) -> any DecodingSession
}

/// One token to take in: the next of a sequence.
public typealias DecodingRow = Kernels.DecodingRow

/// Some sequences that a model is writing: what it keeps of their tokens, and its latest scores.
public protocol DecodingSession: AnyObject {
  /// The tokens of each sequence so far.
  var counts: [Int] { get }

  /// Takes in tokens of one sequence, many at once (prefill); afterwards row 0 holds the scores for
  /// what follows the last of them.
  func read(_ tokens: [Int32], sequence: Int)

  /// Takes in a token for each row, at most `rowsAtOnce`; rows of one sequence follow one another in
  /// its order. Afterwards row i holds the scores for what follows `rows[i]`.
  ///
  /// The scores of a row have the same bits whatever other rows there are. Nothing is allocated.
  func step(_ rows: [DecodingRow])

  /// Forgets a sequence's tokens from `count` on.
  func cut(sequence: Int, to count: Int)

  /// Calls `body` with the scores [V] of a row; it may change them.
  func withScores<Result, Failure: Error>(
    row: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result
}

extension DecodingState: DecodingSession {}
