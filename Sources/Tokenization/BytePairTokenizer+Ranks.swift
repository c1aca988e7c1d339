import Files

extension BytePairTokenizer {
  /// Reads a file of tiktoken ranks, such as Llama 3's `tokenizer.model`.
  ///
  /// Its special tokens are no part of the file. With 128,000 ranks it is taken for Llama 3's, and
  /// gets the 256 of Meta's `tokenizer.py`; otherwise it has none, unless `specialTokens` says so. As
  /// in tiktoken's `encode_ordinary`, text never becomes one of them; ids of them decode to their
  /// names.
  ///
  /// - Throws: `TokenizationError` if the file cannot be read or is no such file.
  public convenience init(
    ranksAt path: String, pattern: PreTokenizationPattern = .llama3,
    specialTokens: [String: Int32]? = nil
  ) throws(TokenizationError) {
    try self.init(
      ranks: TokenizerFile.bytes(path), path: path, pattern: pattern, specialTokens: specialTokens)
  }

  /// Makes a tokenizer of the bytes of such a file; `path` is for messages.
  ///
  /// - Throws: As `init(ranksAt:pattern:specialTokens:)`.
  public convenience init(
    ranks bytes: [UInt8], path: String, pattern: PreTokenizationPattern = .llama3,
    specialTokens: [String: Int32]? = nil
  ) throws(TokenizationError) {
    let ranks = try TiktokenRanks(bytes, path: path)
    let count = ranks.tokens.count
    let special = specialTokens ?? (count == 128_000 ? Self.llama3SpecialTokens(from: count) : [:])
    var surfaces = ranks.tokens
    for (name, id) in special.sorted(by: { $0.value < $1.value }) {
      guard id >= count, Int(id) < count + bytes.count else {
        throw .invalidParameter(
          name: "specialTokens", expected: "ids from \(count) on", found: "\(name) = \(id)")
      }
      while surfaces.count <= id { surfaces.append([]) }
      surfaces[Int(id)] = Array(name.utf8)
    }
    let matcher: PatternMatcher
    do {
      matcher = try PatternMatcher(pattern.expression, .rust)
    } catch {
      throw .invalidParameter(name: "pattern", expected: error.expected, found: error.found)
    }
    var fingerprint = Checksum()
    bytes.withUnsafeBytes { fingerprint.append($0) }
    let names = special.sorted { $0.value < $1.value }.map { "\($0.key)=\($0.value)" }
    Array("\(pattern.rawValue) \(names)".utf8).withUnsafeBytes { fingerprint.append($0) }
    self.init(
      Parts(
        unsoughtTokens: special.sorted { $0.value < $1.value }.map { name, id in
          AddedToken(id: id, content: Array(name.utf8), isSpecial: true)
        },
        preTokenizers: [
          .split(matcher, known: pattern, .removed, isInverted: true),
          .byteLevel(addsPrefixSpace: false, nil),
        ],
        vocabulary: ranks.vocabulary(), surfaces: TokenSurfaces(surfaces),
        names: surfaces,
        startToken: special["<|begin_of_text|>"],
        endToken: special["<|end_of_text|>"] ?? special["<|endoftext|>"],
        paddingToken: special["<|finetune_right_pad_id|>"],
        fingerprint: "tiktoken-\(fingerprint.hexadecimal)"))
  }

  /// The special tokens of Llama 3's `tokenizer.py`: ten with names, and reserved ones up to 256.
  static func llama3SpecialTokens(from first: Int) -> [String: Int32] {
    let named = [
      "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>",
      "<|reserved_special_token_1|>", "<|reserved_special_token_2|>",
      "<|reserved_special_token_3|>", "<|start_header_id|>", "<|end_header_id|>",
      "<|reserved_special_token_4|>", "<|eot_id|>",
    ]
    let all = named + (5..<251).map { "<|reserved_special_token_\($0)|>" }
    return Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, Int32(first + $0)) })
  }
}
