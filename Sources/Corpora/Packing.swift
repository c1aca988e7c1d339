/// How pieces of tokens become rows of a batch.
public enum Packing: Sendable, Hashable {
  /// Pieces joined end to end, nothing dropped and nothing padded.
  ///
  /// A row takes sequence length + 1 tokens, and the next row starts with the last token of the one
  /// before: rows overlap by one token, so that every token of the corpus but the very first is a
  /// target exactly once. Rows run on over documents, files and epochs. Only the end of a corpus
  /// that does not restart leaves a row short; it is padded.
  case concatenated
  /// One piece a row, cut or padded at its end to sequence length + 1 tokens: the reference's way
  /// (CoreNet `base_lm.py`). Pieces with fewer than two tokens have no target and make no row.
  case padOrTruncate
  /// Windows of so many pieces laid into rows so that none is cut that a row can hold; see
  /// `BestFitPacker` (arXiv:2404.10830). Rows are padded at their ends, by less the larger the window,
  /// which also ends at 16 million tokens.
  case bestFit(windowPieces: Int)

  /// A window that leaves little padding: with documents of a few hundred tokens and rows of 2,048,
  /// less than a hundredth.
  public static let bestFit = Packing.bestFit(windowPieces: 4_096)

  /// Fewest tokens of a piece that it can use: where a piece is a sequence of its own, one token
  /// has nothing to predict.
  func minimumTokens(_ attention: AttentionScope) -> Int {
    self == .concatenated && attention == .row ? 0 : 2
  }

  func validate() throws(CorpusError) {
    guard case .bestFit(let pieces) = self else { return }
    guard (1...(1 << 20)).contains(pieces) else {
      throw .invalidSetting(name: "window of pieces", value: pieces, expected: "1 to \(1 << 20)")
    }
  }
}

extension Packing: LosslessStringConvertible {
  /// As records and the command line write it: `concatenated`, `padOrTruncate`, `bestFit` or
  /// `bestFit:PIECES`.
  public var description: String {
    switch self {
    case .concatenated: "concatenated"
    case .padOrTruncate: "padOrTruncate"
    case .bestFit(let pieces): "bestFit:\(pieces)"
    }
  }

  /// Reads what `description` writes, and the same with hyphens and in any case.
  public init?(_ description: String) {
    let parts = description.lowercased().filter { $0 != "-" && $0 != "_" }
      .split(separator: ":", omittingEmptySubsequences: false)
    switch (parts.first, parts.count) {
    case ("concatenated", 1): self = .concatenated
    case ("padortruncate", 1): self = .padOrTruncate
    case ("bestfit", 1): self = .bestFit
    case ("bestfit", 2):
      guard let pieces = Int(parts[1]) else { return nil }
      self = .bestFit(windowPieces: pieces)
    default: return nil
    }
  }
}

extension Packing: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let packing = Packing(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(text)\" is no way of packing")
    }
    self = packing
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
