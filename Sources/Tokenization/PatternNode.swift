/// What a pattern says, as a tree.
indirect enum PatternNode {
  /// One character of a set.
  case character(CodePointSet)
  case sequence([PatternNode])
  /// The first that matches, in this order.
  case choice([PatternNode])
  /// As many as possible; as few as possible where `isLazy`.
  case repeated(PatternNode, minimum: Int, maximum: Int?, isLazy: Bool)
  /// Looks at the next character without taking it: it has to be in the set, or, if `allowsEnd`, the
  /// text may end here.
  case next(CodePointSet, allowsEnd: Bool)

  /// Whether it can match without taking a character.
  var isNullable: Bool {
    switch self {
    case .character: false
    case .sequence(let nodes): nodes.allSatisfy(\.isNullable)
    case .choice(let nodes): nodes.contains(where: \.isNullable)
    case .repeated(let node, let minimum, _, _): minimum == 0 || node.isNullable
    case .next: true
    }
  }

  /// The characters that it can begin with, or look at first.
  var firstCharacters: CodePointSet {
    switch self {
    case .character(let set): set
    case .sequence(let nodes):
      nodes.prefix(through: nodes.firstIndex { !$0.isNullable } ?? nodes.count - 1)
        .reduce(.empty) { $0.union($1.firstCharacters) }
    case .choice(let nodes): nodes.reduce(.empty) { $0.union($1.firstCharacters) }
    case .repeated(let node, _, let maximum, _): maximum == 0 ? .empty : node.firstCharacters
    case .next(let set, _): set
    }
  }
}

/// A pattern that cannot be used, and why.
package struct PatternError: Error, Equatable {
  /// In characters from the pattern's start.
  package var offset: Int
  package var expected: String
  package var found: String
}

/// The two regular expression languages that tokenizers are written in, where they differ.
package enum PatternLanguage: Sendable {
  /// Of tiktoken: Rust's fancy-regex.
  case rust
  /// Of Hugging Face's tokenizers: Oniguruma.
  case oniguruma
}
