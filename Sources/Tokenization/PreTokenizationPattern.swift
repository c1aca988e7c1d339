/// The patterns by which published tokenizers cut text into the words that they merge in.
public enum PreTokenizationPattern: String, Sendable, CaseIterable {
  /// GPT-2's, which Hugging Face's `ByteLevel` has built in.
  case gpt2
  /// Llama 3's, which is cl100k's as it was first published; also OLMo's dolma2.
  case llama3
  /// cl100k's as tiktoken has it now, which takes white space at a text's end as one word.
  case cl100k
  /// o200k's, of GPT-4o.
  case o200k

  /// The regular expression.
  public var expression: String {
    switch self {
    case .gpt2:
      #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    case .llama3:
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"#
        + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    case .cl100k:
      #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"#
        + #"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"#
    case .o200k:
      [
        #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"#
          + #"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"#,
        #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"#
          + #"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"#,
        #"\p{N}{1,3}"#, #" ?[^\s\p{L}\p{N}]+[\r\n/]*"#, #"\s*[\r\n]+"#, #"\s+(?!\S)"#, #"\s+"#,
      ].joined(separator: "|")
    }
  }

  /// The published pattern that a regular expression is, if it is one of them.
  init?(expression: String) {
    guard let known = Self.allCases.first(where: { $0.expression == expression }) else {
      return nil
    }
    self = known
  }
}
