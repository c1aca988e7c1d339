/// The parts of `tokenizer.json` that come as steps.
extension TokenizerDescriptionReader {
  /// Deeper sequences than this are an error.
  private static let maximumDepth = 16

  func normalizer(
    _ value: JSONValue, depth: Int = 0
  ) throws(TokenizationError) -> [NormalizerStep] {
    let type = try string(value, "type")
    if let form = UnicodeForm(rawValue: type) { return [.form(form)] }
    switch type {
    case "Sequence":
      var steps: [NormalizerStep] = []
      for part in try parts(value, "normalizers", depth) {
        steps += try normalizer(part, depth: depth + 1)
      }
      return steps
    case "Lowercase": return [.lowercase]
    case "Prepend": return [.prepend(try bytes(value, "prepend"))]
    case "Strip":
      return [
        .strip(
          left: try flag(value, "strip_left", default: true),
          right: try flag(value, "strip_right", default: true))
      ]
    case "Replace":
      let pattern = try pattern(value)
      return [.replace(pattern.matcher, try bytes(value, "content"))]
    default:
      throw .unsupportedTokenizer(
        path: path, place: "\(value.location)/type",
        expected: "NFC, NFD, NFKC, NFKD, Lowercase, Prepend, Replace, Strip or Sequence",
        found: "\"\(type)\"")
    }
  }

  func preTokenizer(
    _ value: JSONValue, depth: Int = 0
  ) throws(TokenizationError) -> [PreTokenizerStep] {
    let type = try string(value, "type")
    switch type {
    case "Sequence":
      var steps: [PreTokenizerStep] = []
      for part in try parts(value, "pretokenizers", depth) {
        steps += try preTokenizer(part, depth: depth + 1)
      }
      return steps
    case "ByteLevel":
      let isCut = try flag(value, "use_regex", default: true)
      return [
        .byteLevel(
          addsPrefixSpace: try flag(value, "add_prefix_space", default: true),
          isCut ? try matcher(PreTokenizationPattern.gpt2.expression, .oniguruma, value) : nil)
      ]
    case "Split":
      let pattern = try pattern(value)
      guard let behavior = SplitBehavior(rawValue: try string(value, "behavior")) else {
        throw .unsupportedTokenizer(
          path: path, place: "\(value.location)/behavior",
          expected: "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous",
          found: "\"\(try string(value, "behavior"))\"")
      }
      return [
        .split(
          pattern.matcher, known: pattern.known, behavior,
          isInverted: try flag(value, "invert", default: false))
      ]
    case "Digits":
      let isIndividual = try flag(value, "individual_digits", default: false)
      let behavior: SplitBehavior = isIndividual ? .isolated : .contiguous
      let digits = try matcher(.character(CodePointSets.numericCharacters), value)
      return [.split(digits, known: nil, behavior, isInverted: false)]
    case "Whitespace":
      return [try split(#"\w+|[^\w\s]+"#, value, .removed, isInverted: true, .rust)]
    case "WhitespaceSplit":
      return [try split(#"\s"#, value, .removed, isInverted: false)]
    case "Metaspace": return [try metaspace(value)]
    default:
      throw .unsupportedTokenizer(
        path: path, place: "\(value.location)/type",
        expected: "ByteLevel, Split, Digits, Whitespace, WhitespaceSplit, Metaspace or Sequence",
        found: "\"\(type)\"")
    }
  }

  private func metaspace(_ value: JSONValue) throws(TokenizationError) -> PreTokenizerStep {
    let name = value["prepend_scheme"] == nil ? "always" : try string(value, "prepend_scheme")
    guard var scheme = PreTokenizerStep.PrependScheme(rawValue: name) else {
      throw .unsupportedTokenizer(
        path: path, place: "\(value.location)/prepend_scheme",
        expected: "always, first or never", found: "\"\(name)\"")
    }
    if try !flag(value, "add_prefix_space", default: true) { scheme = .never }
    return .metaspace(
      replacement: try bytes(value, "replacement"), scheme,
      splits: try flag(value, "split", default: true))
  }

  func decoder(
    _ value: JSONValue, _ steps: inout DecoderSteps, depth: Int = 0
  ) throws(TokenizationError) {
    let type = try string(value, "type")
    switch type {
    case "Sequence":
      for part in try parts(value, "decoders", depth) {
        try decoder(part, &steps, depth: depth + 1)
      }
    case "ByteLevel": steps.isByteLevel = true
    case "ByteFallback": steps.fallsBackToBytes = true
    case "Fuse": break
    case "Metaspace":
      let replacement = try bytes(value, "replacement")
      if case .metaspace(_, let scheme, _) = try metaspace(value), scheme != .never {
        steps.removedFromFirst = replacement
      }
      steps.replacements.append(.init(pattern: replacement, content: [0x20]))
    case "Replace":
      guard let pattern = value["pattern"], pattern["String"] != nil else {
        throw .unsupportedTokenizer(
          path: path, place: "\(value.location)/pattern", expected: "a String",
          found: value["pattern"]?.summary ?? "nothing")
      }
      steps.replacements.append(
        .init(pattern: try bytes(pattern, "String"), content: try bytes(value, "content")))
    case "Strip":
      guard value["start"]?.integer == 1, value["stop"]?.integer == 0 else {
        throw .unsupportedTokenizer(
          path: path, place: value.location, expected: "a start of 1 and a stop of 0",
          found: "another Strip")
      }
      steps.strippedAtStart = try bytes(value, "content")
    default:
      throw .unsupportedTokenizer(
        path: path, place: "\(value.location)/type",
        expected: "ByteLevel, Metaspace, Replace, ByteFallback, Fuse, Strip or Sequence",
        found: "\"\(type)\"")
    }
  }

  private func parts(
    _ value: JSONValue, _ key: String, _ depth: Int
  ) throws(TokenizationError) -> [JSONValue] {
    guard depth < Self.maximumDepth else {
      throw malformed(value, "sequences nested at most \(Self.maximumDepth) deep")
    }
    guard let parts = value[key] else { throw missing(value, key, "an array") }
    return try array(parts)
  }

  /// `{"String": …}` or `{"Regex": …}`.
  private func pattern(
    _ value: JSONValue
  ) throws(TokenizationError) -> (matcher: PatternMatcher, known: PreTokenizationPattern?) {
    guard let pattern = value["pattern"] else { throw missing(value, "pattern", "an object") }
    if pattern["String"] != nil {
      let text = try string(pattern, "String")
      let characters = text.unicodeScalars.map {
        PatternNode.character(CodePointSet($0.value))
      }
      guard !characters.isEmpty else { throw malformed(pattern, "a string that is not empty") }
      return (try matcher(.sequence(characters), pattern), nil)
    }
    let expression = try string(pattern, "Regex")
    return (
      try matcher(expression, .oniguruma, pattern), PreTokenizationPattern(expression: expression)
    )
  }

  private func split(
    _ expression: String, _ value: JSONValue, _ behavior: SplitBehavior, isInverted: Bool,
    _ language: PatternLanguage = .oniguruma
  ) throws(TokenizationError) -> PreTokenizerStep {
    .split(
      try matcher(expression, language, value), known: nil, behavior, isInverted: isInverted)
  }

  private func matcher(
    _ expression: String, _ language: PatternLanguage, _ value: JSONValue
  ) throws(TokenizationError) -> PatternMatcher {
    do {
      return try PatternMatcher(expression, language)
    } catch { throw self.error(error, expression, value) }
  }

  private func matcher(
    _ node: PatternNode, _ value: JSONValue
  ) throws(TokenizationError) -> PatternMatcher {
    do { return try PatternMatcher(node) } catch { throw self.error(error, "", value) }
  }

  private func error(
    _ error: PatternError, _ expression: String, _ value: JSONValue
  ) -> TokenizationError {
    .unsupportedTokenizer(
      path: path, place: "\(value.location)/Regex, character \(error.offset)",
      expected: error.expected, found: "\(error.found) in \"\(expression.prefix(200))\"")
  }
}
