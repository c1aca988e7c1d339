import GGUF
import Tokenization

extension GGUFTokenizer {
  /// What llama.cpp calls a way of cutting text, and whether it takes words that are tokens as they are.
  private static let patterns:
    [(name: String, pattern: PreTokenizationPattern, ignoresMerges: Bool)] = [
      ("gpt-2", .gpt2, false), ("llama-bpe", .llama3, true), ("dbrx", .llama3, false),
      ("gpt-4o", .o200k, false),
      // Other names for the same, in files of others.
      ("olmo", .gpt2, false), ("phi-2", .gpt2, false), ("llama3", .llama3, true),
      ("llama-v3", .llama3, true), ("smaug-bpe", .llama3, false),
    ]

  static func entries(
    _ vocabulary: ByteLevelVocabulary, _ contents: ModelContents, path: String
  ) throws -> [GGUFEntry] {
    guard
      let pattern = patterns.first(where: {
        $0.pattern == vocabulary.pattern && $0.ignoresMerges == vocabulary.ignoresMerges
      })
    else {
      throw GGUFError.inexpressible(
        path: path, what: "the tokenizer's pattern",
        expected:
          "those of gpt2 and o200k without, and of llama3 with or without, words taken whole "
          + "(ignore_merges)",
        found: "\(vocabulary.pattern.rawValue) \(vocabulary.ignoresMerges ? "with" : "without")")
    }
    let tokens = vocabulary.tokens.map { token in
      let kind: Kind =
        switch token.kind {
        case .normal: .normal
        case .unused: .unused
        case .control: .control
        case .userDefined: .userDefined
        }
      return Token(name: token.name, kind: kind)
    }
    let merges = vocabulary.merges.map {
      String(decoding: $0.left + [0x20] + $0.right, as: UTF8.self)
    }
    return [
      GGUFEntry(modelKey, .string("gpt2")), GGUFEntry(patternKey, .string(pattern.name)),
    ]
      + (try arrays(
        tokens, hasScores: false, tokenCount: contents.configuration.vocabularySize, path: path))
      + [GGUFEntry(mergesKey, .array(.string(merges)))]
      + specialTokens(
        contents, start: vocabulary.startToken, end: vocabulary.endToken,
        padding: vocabulary.paddingToken, unknown: nil)
  }

  static func pattern(
    named name: String?
  ) -> (name: String, pattern: PreTokenizationPattern, ignoresMerges: Bool)? {
    patterns.first { $0.name == name }
  }

  static func readByteLevel(_ file: GGUFFile, tokenCount: Int) throws -> StoredTokenizer {
    let found = try file.string(patternKey)
    guard let pattern = pattern(named: found) else {
      let known = patterns.map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw GGUFError.wrongValue(
        path: file.path, key: patternKey, expected: "a way of cutting text that is known: \(known)",
        found: found.map { "\"\($0)\"" } ?? "no such key")
    }
    let texts: [String] = try file.required(mergesKey, "an array of strings") { $0.array?.strings }
    let merges = try texts.enumerated().map { index, text in
      let parts = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw GGUFError.wrongValue(
          path: file.path, key: mergesKey, expected: "two tokens with a space between",
          found: "\"\(text.prefix(60))\" as merge \(index)")
      }
      return ByteLevelVocabulary.Merge(left: Array(parts[0]), right: Array(parts[1]))
    }
    let tokens = try tokens(file, tokenCount: tokenCount).map { token in
      let kind: ByteLevelVocabulary.Kind =
        switch token.kind {
        case .normal, .byte, .unknown: .normal
        case .unused: .unused
        case .control: .control
        case .userDefined: .userDefined
        }
      return ByteLevelVocabulary.Token(name: kind == .unused ? [] : token.name, kind: kind)
    }
    let addsStart = try addsStart(file)
    let vocabulary = ByteLevelVocabulary(
      tokens: tokens, merges: merges, pattern: pattern.pattern,
      ignoresMerges: pattern.ignoresMerges,
      startToken: addsStart ? try token("bos", file, tokenCount: tokens.count) : nil)
    let json = vocabulary.tokenizerJSON()
    // Holds that it is one that can be used.
    _ = try BytePairTokenizer(description: json, path: file.path)
    return StoredTokenizer(kind: .huggingFace, bytes: json)
  }
}
