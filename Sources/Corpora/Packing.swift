/// How pieces of tokens become rows of a batch.
///
/// `AttentionScope` decides whether the pieces in a row are one sequence or each its own.
public enum Packing: Sendable, Hashable {
  /// Pieces joined end to end, nothing dropped and nothing padded.
  ///
  /// A row takes sequence length + 1 tokens, and the next row starts with the last token of the one
  /// before: rows overlap by one token, so that every token of the corpus but the very first is a
  /// target exactly once (with attention inside documents, every token of a piece but its first). Rows
  /// run on over documents, files and epochs. Only the end of a corpus that does not restart leaves a
  /// row short; it is padded.
  case concatenated
  /// One piece a row, cut or padded at its end to sequence length + 1 tokens: the reference's way
  /// (CoreNet `base_lm.py`). Pieces with fewer than two tokens have no target and make no row.
  case padOrTruncate
  /// So many pieces at a time, laid where they fit best: no piece is cut that a row can hold, and
  /// nothing is dropped; see `BestFitPacker`. Pieces with fewer than two tokens make no row.
  ///
  /// A window of 1,000 pieces of web text leaves about a thousandth of the targets to padding; the
  /// tokens of a window are held in memory, and are read again when a run resumes inside it.
  case bestFit(windowPieces: Int)
}

/// `concatenated`, `padOrTruncate` or `bestFit(windowPieces: N)`, in records.
extension Packing: LosslessStringConvertible {
  public init?(_ description: String) {
    let window = "bestFit(windowPieces: "
    switch description {
    case "concatenated": self = .concatenated
    case "padOrTruncate": self = .padOrTruncate
    default:
      guard description.hasPrefix(window), description.hasSuffix(")"),
        let count = Int(description.dropFirst(window.count).dropLast()), count >= 1
      else { return nil }
      self = .bestFit(windowPieces: count)
    }
  }

  public var description: String {
    switch self {
    case .concatenated: "concatenated"
    case .padOrTruncate: "padOrTruncate"
    case .bestFit(let count): "bestFit(windowPieces: \(count))"
    }
  }
}

extension Packing: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription:
          "packing \(text), expected concatenated, padOrTruncate or bestFit(windowPieces: N)")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
