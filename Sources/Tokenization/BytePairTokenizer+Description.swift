import Files

extension BytePairTokenizer {
  /// Reads a `tokenizer.json` of Hugging Face's with a model of type BPE.
  ///
  /// The start and end tokens are those that its post-processor puts around a text; where it puts
  /// none, the added tokens with the usual names.
  ///
  /// - Throws: `TokenizationError` if the file cannot be read, is no such file, or asks for what
  ///   this type does not do; it names the place in the file.
  public convenience init(descriptionAt path: String) throws(TokenizationError) {
    try self.init(description: TokenizerFile.bytes(path), path: path)
  }

  /// Makes a tokenizer of a `tokenizer.json`'s bytes; `path` is for messages.
  ///
  /// - Throws: As `init(descriptionAt:)`.
  public convenience init(
    description bytes: [UInt8], path: String
  ) throws(TokenizationError) {
    let document: JSONDocument
    do {
      document = try JSONDocument(bytes)
    } catch {
      throw .malformedTokenizer(
        path: path, place: "its beginning", expected: "JSON", found: "none: \(error.reason)")
    }
    let description = try TokenizerDescriptionReader(path: path, byteCount: bytes.count)
      .read(document.root)
    var fingerprint = Checksum()
    bytes.withUnsafeBytes { fingerprint.append($0) }
    let builder = try DescribedVocabulary(description, path: path)
    let token = { (names: [String]) in
      names.lazy.compactMap { name in
        description.addedTokens.first { $0.content.elementsEqual(name.utf8) }?.id
      }.first
    }
    self.init(
      Parts(
        addedTokens: builder.addedTokens, normalizers: description.normalizers,
        preTokenizers: description.preTokenizers, vocabulary: try builder.vocabulary(),
        surfaces: try builder.surfaces(), names: builder.names,
        startToken: description.startToken ?? token(["<|begin_of_text|>", "<s>"]),
        endToken: description.endToken
          ?? token(["<|end_of_text|>", "<|endoftext|>", "</s>"]),
        paddingToken: token(["<|finetune_right_pad_id|>", "<|pad|>", "<pad>"]),
        fingerprint: "tokenizer.json-\(fingerprint.hexadecimal)"))
  }
}

/// Turns the names of a `tokenizer.json` into ids and bytes.
private struct DescribedVocabulary {
  private let description: TokenizerDescription
  private let path: String
  private let ids: ByteStringTable
  private let isByteLevel: Bool
  /// By id; empty where there is none.
  private(set) var names: [[UInt8]] = []
  private(set) var addedTokens: [AddedToken] = []

  init(_ description: TokenizerDescription, path: String) throws(TokenizationError) {
    self.description = description
    self.path = path
    isByteLevel = description.preTokenizers.last?.isByteLevel == true
    ids = ByteStringTable(description.model.vocabulary.map { ($0.name, $0.id) })
    for (name, id) in description.model.vocabulary { setName(name, id) }
    // As in the library, which gives a token the model's id of that name, or else the next one that
    // is free, and of the id in the file only says if it is another.
    var known: [[UInt8]: Int32] = [:]
    var next = Int32(description.model.vocabulary.count)
    for token in description.addedTokens {
      var token = token
      let id = ids.id(token.content)
      token.id = id >= 0 ? id : known[token.content] ?? next
      if token.id == next { next += 1 }
      if known.updateValue(token.id, forKey: token.content) != nil || id >= 0 {
        addedTokens.removeAll { $0.id == token.id }
      }
      addedTokens.append(token)
      setName(token.content, token.id)
    }
  }

  private mutating func setName(_ name: [UInt8], _ id: Int32) {
    while names.count <= id { names.append([]) }
    names[Int(id)] = name
  }

  // MARK: Encoding

  func vocabulary() throws(TokenizationError) -> MergeVocabulary {
    let model = description.model
    var entries: [(left: Int32, right: Int32, rank: UInt32, merged: Int32)] = []
    entries.reserveCapacity(model.merges.count)
    for (rank, merge) in model.merges.enumerated() {
      let (left, right) = (ids.id(merge.left), ids.id(merge.right))
      let merged = ids.id(merge.left + merge.right)
      guard left >= 0, right >= 0, merged >= 0 else {
        let missing = left < 0 ? merge.left : right < 0 ? merge.right : merge.left + merge.right
        throw .malformedTokenizer(
          path: path, place: "/model/merges/\(rank)", expected: "tokens of the vocabulary",
          found: "\"\(String(decoding: missing, as: UTF8.self))\"")
      }
      entries.append((left, right, UInt32(rank), merged))
    }
    var unknown: MergeVocabulary.Unknown?
    if let name = model.unknownToken {
      let token = ids.id(name)
      guard token >= 0 else {
        throw .malformedTokenizer(
          path: path, place: "/model/unk_token", expected: "a token of the vocabulary",
          found: "\"\(String(decoding: name, as: UTF8.self))\"")
      }
      unknown = .init(token: token, isFused: model.fusesUnknown)
    }
    let rules = MergeRules(entries)
    return MergeVocabulary(
      rules: rules, alphabet: alphabet(unknown, rules),
      wholeWords: model.ignoresMerges ? wholeWords() : nil, unknown: unknown)
  }

  private func wholeWords() -> ByteStringTable {
    ByteStringTable(
      description.model.vocabulary.compactMap { name, id in
        guard isByteLevel else { return (name, id) }
        return ByteAlphabet.decode(name).map { ($0, id) }
      })
  }

  private var byteTokens: [Int32] {
    description.model.fallsBackToBytes
      ? (0..<256).map { ids.id(Array(Self.byteName($0).utf8)) } : []
  }

  private static func byteName(_ byte: Int) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
  }

  private func alphabet(
    _ unknown: MergeVocabulary.Unknown?, _ rules: MergeRules
  ) -> MergeVocabulary.Alphabet {
    let byteTokens = byteTokens
    if isByteLevel {
      return MergeVocabulary.alphabet(
        ofBytes: (UInt8.min...UInt8.max).map { byte in
          let name = ByteAlphabet.encode([byte])
          let token = ids.id(name)
          if token >= 0 { return .token(token) }
          guard !byteTokens.isEmpty else { return .unknown }
          let tokens = name.map { byteTokens[Int($0)] }
          return tokens.contains(-1) ? .unknown : .fallback(tokens)
        }, rules)
    }
    var characters: [UInt32: Int32] = [:]
    for (name, id) in description.model.vocabulary {
      if let scalars = scalarValues(name), scalars.count == 1 { characters[scalars[0]] = id }
    }
    // A run of unknown characters counts once across any cut.
    let isWhole = unknown?.isFused == true && (byteTokens.isEmpty || byteTokens.contains(-1))
    return .characters(
      CharacterSymbols(
        tokens: characters, byteTokens: byteTokens, joins: isWhole ? [] : joins()))
  }

  private func joins() -> [Bool] {
    var joins = [Bool](repeating: false, count: 1 << 16)
    for merge in description.model.merges {
      guard let left = merge.left.last, let right = merge.right.first else { continue }
      joins[Int(left) << 8 | Int(right)] = true
    }
    return joins
  }

  // MARK: Decoding

  func surfaces() throws(TokenizationError) -> TokenSurfaces {
    let steps = description.decoder
    let special = Set(addedTokens.filter(\.isSpecial).map(\.id))
    // A token that is found in normalized text stands for that.
    let normalizer = TextNormalizer(steps: description.normalizers)
    let normalized = Dictionary(
      addedTokens.filter(\.isNormalized).map { ($0.id, normalizer.applied(to: $0.content)) }
    ) { $1 }
    var first: [Int32: [UInt8]] = [:]
    let surfaces = names.enumerated().map { index, name -> [UInt8] in
      let id = Int32(index)
      let name = normalized[id] ?? name
      // As in the library's `decode`, which skips special tokens unless asked not to.
      guard !special.contains(id) else { return [] }
      if steps.isByteLevel { return ByteAlphabet.decode(name) ?? name }
      var surface = name
      for replacement in steps.replacements {
        surface = replacing(replacement.pattern, with: replacement.content, in: surface)
      }
      if let removed = steps.removedFromFirst {
        let alone = replacing(removed, with: [], in: name)
        if alone != name { first[id] = alone }
      }
      if steps.fallsBackToBytes,
        let byte = (0..<256).first(where: {
          name.count == 6 && name.elementsEqual(Self.byteName($0).utf8)
        })
      {
        surface = [UInt8(byte)]
      }
      return surface
    }
    let byteCount = surfaces.reduce(0) { $0 + $1.count }
    guard byteCount <= 1 << 30 else {
      throw .unsupportedTokenizer(
        path: path, place: "/decoder", expected: "text of at most \(1 << 30) bytes in all",
        found: "one whose tokens stand for \(byteCount)")
    }
    return TokenSurfaces(
      surfaces, firstSurfaces: first, strippedAtStart: steps.strippedAtStart)
  }
}
