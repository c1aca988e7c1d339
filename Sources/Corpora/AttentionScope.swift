/// How far attention reaches where a row of a batch holds tokens of several documents.
public enum AttentionScope: String, Codable, Sendable, CaseIterable {
  /// Over the whole row, whatever documents are in it: the row is one sequence, in which the last
  /// token of a document predicts the first of the next.
  case row
  /// Over the document alone: each stretch of a row that comes from one document is a segment, whose
  /// tokens see nothing of the others and whose positions count from 0.
  ///
  /// Nothing is predicted across documents, so a stretch's last token is a target only: as an input it
  /// would be seen by no other token and have nothing to predict.
  case document
}

extension AttentionScope {
  /// The room that a row of this many inputs has for stretches.
  package func room(sequenceLength: Int) -> Int {
    switch self {
    // The row's last token is a target only.
    case .row: sequenceLength + 1
    case .document: sequenceLength
    }
  }

  /// What a stretch of so many tokens, at least two, takes of it.
  package func cost(tokens: Int) -> Int {
    switch self {
    case .row: tokens
    case .document: tokens - 1
    }
  }
}
