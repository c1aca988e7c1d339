/// Reads `tokenizer.json`; what is not supported is an error that names its place.
struct TokenizerDescriptionReader {
  let path: String
  /// Ids have to be below it, as every token takes at least a byte of the file.
  let byteCount: Int

  func malformed(_ value: JSONValue, _ expected: String) -> TokenizationError {
    .malformedTokenizer(
      path: path, place: value.location.isEmpty ? "its beginning" : value.location,
      expected: expected, found: value.summary)
  }

  func missing(_ value: JSONValue, _ key: String, _ expected: String) -> TokenizationError {
    .malformedTokenizer(
      path: path, place: "\(value.location)/\(key)", expected: expected, found: "nothing")
  }

  func unsupported(_ value: JSONValue, _ expected: String) -> TokenizationError {
    .unsupportedTokenizer(
      path: path, place: value.location, expected: expected, found: value.summary)
  }

  func read(_ root: JSONValue) throws(TokenizationError) -> TokenizerDescription {
    guard let model = root["model"] else { throw missing(root, "model", "an object") }
    var description = TokenizerDescription(
      model: try self.model(model), addedTokens: [], normalizers: [], preTokenizers: [],
      decoder: DecoderSteps())
    if let tokens = root["added_tokens"] {
      for token in try array(tokens) {
        let added = try addedToken(token)
        if !added.content.isEmpty { description.addedTokens.append(added) }
      }
    }
    if let value = root["normalizer"] { description.normalizers = try normalizer(value) }
    if let value = root["pre_tokenizer"] { description.preTokenizers = try preTokenizer(value) }
    if let place = description.preTokenizers.firstIndex(where: \.isByteLevel),
      place + 1 < description.preTokenizers.count, let value = root["pre_tokenizer"]
    {
      throw .unsupportedTokenizer(
        path: path, place: value.location, expected: "ByteLevel as the last step",
        found: "a Sequence with ByteLevel as step \(place + 1)")
    }
    guard let decoder = root["decoder"] else {
      throw .unsupportedTokenizer(
        path: path, place: "/decoder", expected: "ByteLevel, Metaspace or a Sequence",
        found: "null")
    }
    try self.decoder(decoder, &description.decoder)
    if let value = root["post_processor"] { try postProcessor(value, &description) }
    return description
  }

  // MARK: Values

  func array(_ value: JSONValue) throws(TokenizationError) -> [JSONValue] {
    guard let array = value.array else { throw malformed(value, "an array") }
    return array
  }

  func bytes(_ value: JSONValue, _ key: String) throws(TokenizationError) -> [UInt8] {
    guard let member = value[key] else { throw missing(value, key, "a string") }
    guard let bytes = member.bytes else { throw malformed(member, "a string") }
    return bytes
  }

  func string(_ value: JSONValue, _ key: String) throws(TokenizationError) -> String {
    String(decoding: try bytes(value, key), as: UTF8.self)
  }

  func flag(
    _ value: JSONValue, _ key: String, default standard: Bool
  ) throws(TokenizationError) -> Bool {
    guard let member = value[key] else { return standard }
    guard let flag = member.bool else { throw malformed(member, "true or false") }
    return flag
  }

  func id(_ value: JSONValue) throws(TokenizationError) -> Int32 {
    guard let id = value.integer, id >= 0, id < byteCount, id < Int(Int32.max) else {
      throw malformed(value, "an id from 0 to \(min(byteCount, Int(Int32.max)) - 1)")
    }
    return Int32(id)
  }

  // MARK: Parts

  private func model(_ value: JSONValue) throws(TokenizationError) -> TokenizerDescription.Model {
    if let type = value["type"], type.string != "BPE" { throw unsupported(type, "BPE") }
    if let dropout = value["dropout"], dropout.integer != 0 {
      throw unsupported(dropout, "null")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let affix = value[key], affix.bytes != [] { throw unsupported(affix, "null") }
    }
    var model = TokenizerDescription.Model()
    model.unknownToken = try value["unk_token"].map { _ throws(TokenizationError) in
      try bytes(value, "unk_token")
    }
    model.fusesUnknown = try flag(value, "fuse_unk", default: false)
    model.fallsBackToBytes = try flag(value, "byte_fallback", default: false)
    model.ignoresMerges = try flag(value, "ignore_merges", default: false)
    guard let vocabulary = value["vocab"] else { throw missing(value, "vocab", "an object") }
    let isObject = try vocabulary.forEachMember { key, member throws(TokenizationError) in
      model.vocabulary.append((key, try id(member)))
    }
    guard isObject else { throw malformed(vocabulary, "an object of ids") }
    guard let merges = value["merges"] else { throw missing(value, "merges", "an array") }
    for merge in try array(merges) {
      if let merge = try self.merge(merge) { model.merges.append(merge) }
    }
    return model
  }

  /// `"a b"` or `["a", "b"]`; nil for the version line that some files carry over.
  private func merge(
    _ value: JSONValue
  ) throws(TokenizationError) -> (left: [UInt8], right: [UInt8])? {
    if let text = value.bytes {
      if text.starts(with: "#version".utf8) { return nil }
      let parts = text.split(separator: 0x20, omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw malformed(value, "two tokens with a space between") }
      return (Array(parts[0]), Array(parts[1]))
    }
    guard let parts = value.array, parts.count == 2, let left = parts[0].bytes,
      let right = parts[1].bytes
    else { throw malformed(value, "a pair of tokens") }
    return (left, right)
  }

  private func addedToken(_ value: JSONValue) throws(TokenizationError) -> AddedToken {
    guard let id = value["id"] else { throw missing(value, "id", "an id") }
    let isSpecial = try flag(value, "special", default: false)
    return AddedToken(
      id: try self.id(id), content: try bytes(value, "content"), isSpecial: isSpecial,
      isSingleWord: try flag(value, "single_word", default: false),
      stripsLeft: try flag(value, "lstrip", default: false),
      stripsRight: try flag(value, "rstrip", default: false),
      isNormalized: try flag(value, "normalized", default: !isSpecial))
  }

  /// The tokens of a template around `A`.
  private func postProcessor(
    _ value: JSONValue, _ description: inout TokenizerDescription
  ) throws(TokenizationError) {
    switch try string(value, "type") {
    case "Sequence":
      guard let processors = value["processors"] else {
        throw missing(value, "processors", "an array")
      }
      for processor in try array(processors) { try postProcessor(processor, &description) }
    case "TemplateProcessing":
      guard let template = value["single"] else { throw missing(value, "single", "an array") }
      var isAfter = false
      for part in try array(template) {
        if part["Sequence"] != nil { isAfter = true }
        guard let special = part["SpecialToken"] else { continue }
        let name = try string(special, "id")
        guard let token = value["special_tokens"]?[name], let ids = token["ids"] else {
          throw missing(value, "special_tokens/\(name)", "its ids")
        }
        for id in try array(ids) {
          let token = try self.id(id)
          if isAfter { description.endToken = description.endToken ?? token }
          if !isAfter { description.startToken = description.startToken ?? token }
        }
      }
    case "ByteLevel", "BertProcessing", "RobertaProcessing":
      break
    default:
      if let type = value["type"] {
        throw unsupported(type, "TemplateProcessing, ByteLevel or a Sequence")
      }
    }
  }
}
