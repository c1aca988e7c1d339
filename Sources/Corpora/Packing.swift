/// How pieces of tokens become rows of a batch.
public enum Packing: String, Codable, Sendable, CaseIterable {
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
}
