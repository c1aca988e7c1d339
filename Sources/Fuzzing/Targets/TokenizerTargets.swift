import Tokenization

extension FuzzTarget {
  /// Files of tokenizers: what loads encodes and decodes.
  static let tokenizerFiles = [
    FuzzTarget(
      "sentencepiece-model", words: ["\u{2581}", "<0x41>", "<unk>"],
      seeds: { try TokenizerSeeds.sentencePiece() },
      body: { bytes in
        let model = try SentencePieceModel(bytes: bytes, path: "input")
        tryOut(try SentencePieceTokenizer(model))
        _ = model.serialized()
        if let written = try? model.tokenizerJSON() {
          tryOut(try BytePairTokenizer(description: written, path: "written"))
        }
      }),
    FuzzTarget(
      "tokenizer-json",
      words: [
        "\"type\":", "\"ByteLevel\"", "\"Split\"", "\"Regex\":", "\"Sequence\"", "\"Metaspace\"",
        "\"Replace\"", "\"Prepend\"", "\"NFKC\"", "\"ByteFallback\"", "\"Strip\"", "\"content\":",
        "\"merges\":[[", "\"vocab\":{", "\"ignore_merges\":true", "null", "2147483647", "-1",
      ],
      longestInput: 64 << 10,
      seeds: { try TokenizerSeeds.bytePair().descriptions },
      body: { tryOut(try BytePairTokenizer(description: $0, path: "input")) }),
    FuzzTarget(
      "tiktoken-ranks", words: ["AA== ", "\n", " 2147483647", " 18446744073709551616"],
      seeds: {
        let ranks = try TokenizerSeeds.bytePair().ranks
        return [ranks, Array(ranks.prefix(1_500)), Array("YQ== 0\nYg== 1\nYWI= 2\n".utf8)]
      },
      body: { tryOut(try BytePairTokenizer(ranks: $0, path: "input")) }),
    FuzzTarget(
      "tokenizer-files", words: ["{\"", "AA== 0\n"],
      seeds: {
        let (descriptions, ranks) = try TokenizerSeeds.bytePair()
        return try TokenizerSeeds.sentencePiece().prefix(2) + [descriptions[0], ranks]
      },
      body: { tryOut(try TokenizerFile.load($0, path: "input")) }),
  ]

  /// What every tokenizer does with every text.
  private static func tryOut(_ tokenizer: any Tokenizer) {
    _ = checkedTokens(tokenizer, of: SeedFiles.brokenText)
    _ = checkedTokens(tokenizer, of: Array("aaaaaaaaaaabbbbbbbb <s>".utf8))
    let ids = [Int32.min, -1, 0, 1, Int32(clamping: tokenizer.vocabularySize), Int32.max]
    for id in ids { _ = tokenizer.piece(id) }
    _ = tokenizer.decode(ids)
    for id in [tokenizer.startToken, tokenizer.endToken, tokenizer.paddingToken] {
      promise(
        id.map { (0..<tokenizer.vocabularySize).contains(Int($0)) } ?? true, "\(id ?? 0) is an id")
    }
  }

  private static func checkedTokens(_ tokenizer: any Tokenizer, of text: [UInt8]) -> [Int32] {
    let tokens = tokenizer.encode(text)
    let size = Int32(clamping: tokenizer.vocabularySize)
    promise(tokens.allSatisfy { (0..<size).contains($0) }, "ids are those of the vocabulary")
    promise(tokenizer.encode(text) == tokens, "a text has the same ids again, from the cache")
    let bytes = tokenizer.decodeBytes(tokens)
    if let whole = String(validating: bytes, as: UTF8.self) {
      promise(
        tokenizer.decode(tokens).utf8.elementsEqual(whole.utf8), "streaming gives the same text")
    }
    return tokens
  }

  /// Good tokenizers over any text; the first byte says which of them.
  static var encodings: [FuzzTarget] {
    let words = [
      "<s>", "</s>", "<sep>", "<|endoftext|>", "\u{2581}", "e\u{301}", "'ll", "\u{FB01}",
      "\u{1F333}",
      "    ", "\r\n", "\u{AC00}", "\u{C2}", "<0x0A>",
    ]
    let seeds: @Sendable () -> [[UInt8]] = {
      (0..<40).flatMap { [[$0] + SeedFiles.brokenText, [$0] + Array(repeating: 0x61, count: 500)] }
    }
    return [
      encoding("encoding-sentencepiece", words, seeds) { try sentencePieceTokenizers.get() },
      encoding("encoding-tokenizer-json", words, seeds) { try describedTokenizers.get() },
      encoding("encoding-tiktoken", words, seeds) { try rankedTokenizers.get() },
    ]
  }

  // Made when they are first asked for.
  private static let sentencePieceTokenizers = Result {
    try TokenizerSeeds.sentencePiece().map { try TokenizerFile.load($0, path: "seed") }
  }
  private static let describedTokenizers = Result {
    try TokenizerSeeds.bytePair().descriptions.map { try TokenizerFile.load($0, path: "seed") }
  }
  private static let rankedTokenizers = Result {
    let ranks = try TokenizerSeeds.bytePair().ranks
    return try PreTokenizationPattern.allCases.map { pattern -> any Tokenizer in
      try BytePairTokenizer(ranks: ranks, path: "seed", pattern: pattern)
    }
  }

  private static func encoding(
    _ name: String, _ words: [String], _ seeds: @escaping @Sendable () -> [[UInt8]],
    _ tokenizers: @escaping @Sendable () throws -> [any Tokenizer]
  ) -> FuzzTarget {
    FuzzTarget(name, words: words, longestInput: 4 << 10, seeds: seeds) { bytes in
      let (tokenizers, text) = (try tokenizers(), Array(bytes.dropFirst()))
      let tokenizer = tokenizers[Int(bytes.first ?? 0) % tokenizers.count]
      let normalized = Normalization.nfc.applied(to: text)
      promise(Normalization.nfc.applied(to: normalized) == normalized, "normalizing twice is once")
      let tokens = checkedTokens(tokenizer, of: text)
      if name == "encoding-tiktoken", String(validating: text, as: UTF8.self) != nil {
        promise(tokenizer.decodeBytes(tokens) == text, "the tokens of a text are that text")
      }
    }
  }

  /// Regular expressions of pre-tokenizers, and what they match.
  static let pattern = FuzzTarget(
    "patterns",
    words: [
      "(?i:", "(?:", "(?!", "(?=", "\\p{L}", "\\p{N}", "\\P{", "[^", "\\s", "\\S", "\\r\\n",
      "{1,3}",
      "{2,}", "++", "*?", "|", "$", "\\x{1F333}", "[a-z&&[^b]]",
    ],
    longestInput: 1 << 10,
    seeds: { PreTokenizationPattern.allCases.map { Array($0.expression.utf8) } },
    body: { bytes in
      let pattern = String(decoding: bytes, as: UTF8.self)
      var failure: PatternError?
      for language in [PatternLanguage.rust, .oniguruma] {
        do throws(PatternError) {
          let matcher = try PatternMatcher(pattern, language)
          let text = Array(SeedFiles.text.utf8)
          text.withUnsafeBufferPointer {
            guard let base = $0.baseAddress else { return }
            var position = 0
            while let match = matcher.firstMatch(in: base, from: position, to: $0.count) {
              promise(match.lowerBound >= position && !match.isEmpty, "matches go on")
              promise(match.upperBound <= $0.count, "matches end within the text")
              position = match.upperBound
            }
          }
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
    })
}
