/// Rows of tokens with the tokens to predict.
///
/// Row r, column c of `inputs` and `targets` (row-major, shape `[batchSize, sequenceLength]`) lies
/// at index r · sequenceLength + c, and `targets` there is the token that follows.
public struct Batch: Sendable, Equatable {
  /// The target where there is nothing to predict: no token has this number.
  public static let ignoredTarget: Int32 = -1

  /// Tokens read, padding included.
  public let inputs: [Int32]
  /// Tokens to predict, or `ignoredTarget`.
  public let targets: [Int32]
  /// Rows; fewer than asked for only in the last batch of a corpus that does not restart.
  public let batchSize: Int
  /// Columns.
  public let sequenceLength: Int
  /// Where each row came from.
  public let origins: [RowOrigin]
  /// The greatest token among inputs and targets, to be held against the model's vocabulary.
  public let largestToken: Int32
  /// Targets that are not ignored.
  public let targetCount: Int
  /// Where the rows' segments begin, as ascending indices into `inputs` with the beginnings of rows
  /// among them, if attention is to be kept inside segments; nil if each row is one sequence.
  public let segmentStarts: [Int]?
}

/// The documents that a row's tokens come from.
public struct RowOrigin: Sendable, Equatable, CustomStringConvertible {
  /// One end of the range.
  public struct Place: Sendable, Equatable {
    /// The file's path.
    public let path: String
    /// The document's record, from 1: for JSON lines the line, for text files always 1.
    public let line: Int
    /// The piece of the document, from 0.
    public let piece: Int

    package init(path: String, line: Int, piece: Int) {
      self.path = path
      self.line = line
      self.piece = piece
    }
  }

  /// Where the first token comes from.
  public let first: Place
  /// Where the last token comes from.
  public let last: Place

  package init(first: Place, last: Place) {
    self.first = first
    self.last = last
  }

  /// As `path:line`, `path:line–line`, or two places, in the manner of compilers' messages.
  public var description: String {
    if first.path != last.path || last.line < first.line {
      return "\(first.path):\(first.line)–\(last.path):\(last.line)"
    }
    if first.line != last.line { return "\(first.path):\(first.line)–\(last.line)" }
    let pieces = first.piece == last.piece ? "\(first.piece)" : "\(first.piece)–\(last.piece)"
    return "\(first.path):\(first.line) (piece \(pieces))"
  }
}
