import Files
import Synchronization

/// Byte-pair encoding with a `tokenizer.json` of Hugging Face's or a file of tiktoken ranks: the same
/// ids as the `tokenizers` library (without its post-processor) or as tiktoken's `encode_ordinary`.
///
/// Encoding keeps bounded caches of words; any number of threads may encode at once, each with caches
/// of its own. Time grows as n log n with the text, whatever it holds.
public final class BytePairTokenizer: Tokenizer {
  public let startToken: Int32?
  public let endToken: Int32?
  public let paddingToken: Int32?
  public let fingerprint: String
  public var vocabularySize: Int { surfaces.count }

  private let addedTokens: AddedTokenMatcher?
  private let normalizer: TextNormalizer?
  private let normalizedAddedTokens: AddedTokenMatcher?
  private let preTokenizer: PreTokenizer
  private let scanner: WordScanner?
  private let vocabulary: MergeVocabulary
  private let surfaces: TokenSurfaces
  private let names: [[UInt8]]
  private let parts: Parts
  private let idleEncoders = Mutex<[BytePairTextEncoder]>([])

  /// Everything that a tokenizer is made of.
  struct Parts {
    var addedTokens: [AddedToken] = []
    /// Tokens with a text of their own that is not looked for in text.
    var unsoughtTokens: [AddedToken] = []
    var normalizers: [NormalizerStep] = []
    var preTokenizers: [PreTokenizerStep]
    var vocabulary: MergeVocabulary
    var surfaces: TokenSurfaces
    /// How the vocabulary writes each id; empty where it has none.
    var names: [[UInt8]]
    var startToken: Int32?
    var endToken: Int32?
    var paddingToken: Int32?
    var fingerprint: String
  }

  init(_ parts: Parts) {
    startToken = parts.startToken
    endToken = parts.endToken
    paddingToken = parts.paddingToken
    fingerprint = parts.fingerprint
    normalizer = parts.normalizers.isEmpty ? nil : TextNormalizer(steps: parts.normalizers)
    addedTokens = AddedTokenMatcher(parts.addedTokens.filter { !$0.isNormalized })
    let normalizer = normalizer
    normalizedAddedTokens = AddedTokenMatcher(
      parts.addedTokens.filter(\.isNormalized).compactMap { token in
        guard let normalizer else { return token }
        var token = token
        token.content = normalizer.applied(to: token.content)
        return token.content.isEmpty ? nil : token
      })
    preTokenizer = PreTokenizer(parts.preTokenizers)
    scanner = preTokenizer.pattern.map { WordScanner($0.kind, $0.matcher) }
    vocabulary = parts.vocabulary
    surfaces = parts.surfaces
    names = parts.names
    self.parts = parts
  }

  public func encode(_ text: UnsafeBufferPointer<UInt8>) -> [Int32] {
    encode(text, isFirst: true)
  }

  public func encode(_ text: UnsafeBufferPointer<UInt8>, isFirst: Bool) -> [Int32] {
    guard !text.isEmpty else { return [] }
    precondition(
      text.count <= Int(Int32.max) / 4, "encode: \(text.count) bytes, at most \(Int32.max / 4)")
    let encoder = idleEncoders.withLock { $0.popLast() } ?? BytePairTextEncoder()
    defer { idleEncoders.withLock { $0.append(encoder) } }
    encoder.begin(text)
    encode(encoder.text, isFirst: isFirst, with: encoder)
    return encoder.finish()
  }

  /// Added tokens are cut out first; then, of what is between them after its normalization, those
  /// that are looked for there.
  private func encode(
    _ text: UnsafeBufferPointer<UInt8>, isFirst: Bool, with encoder: BytePairTextEncoder
  ) {
    guard let parts = addedTokens?.parts(text) else {
      encodeBetween(text, isFirst: isFirst, with: encoder)
      return
    }
    for part in parts {
      switch part {
      case .token(let token): encoder.append(token)
      case .text(let range):
        encodeBetween(
          UnsafeBufferPointer(rebasing: text[range]), isFirst: isFirst && range.lowerBound == 0,
          with: encoder)
      }
    }
  }

  private func encodeBetween(
    _ text: UnsafeBufferPointer<UInt8>, isFirst: Bool, with encoder: BytePairTextEncoder
  ) {
    guard let normalizer else {
      encodeNormalized(text, isFirst: isFirst, with: encoder)
      return
    }
    var normalized = normalizer.applied(to: Array(text))
    let count = normalized.count
    normalized.append(contentsOf: repeatElement(0, count: WordEncoder.padding))
    normalized.withUnsafeBufferPointer {
      encodeNormalized(
        UnsafeBufferPointer(rebasing: $0[..<count]), isFirst: isFirst, with: encoder)
    }
  }

  private func encodeNormalized(
    _ text: UnsafeBufferPointer<UInt8>, isFirst: Bool, with encoder: BytePairTextEncoder
  ) {
    guard let parts = normalizedAddedTokens?.parts(text) else {
      encodePlain(text, isFirst: isFirst, with: encoder)
      return
    }
    for part in parts {
      switch part {
      case .token(let token): encoder.append(token)
      case .text(let range):
        encodePlain(
          UnsafeBufferPointer(rebasing: text[range]), isFirst: isFirst && range.lowerBound == 0,
          with: encoder)
      }
    }
  }

  /// Text without added tokens, behind which `WordEncoder.padding` bytes are readable.
  private func encodePlain(
    _ text: UnsafeBufferPointer<UInt8>, isFirst: Bool, with encoder: BytePairTextEncoder
  ) {
    precondition(
      text.count <= Int(Int32.max) - 64,
      "encode: \(text.count) bytes after normalization, at most \(Int32.max - 64)")
    if let scanner {
      encoder.encode(text, scanner, vocabulary)
    } else {
      encoder.encode(preTokenizer.pieces(Array(text), isFirst: isFirst), vocabulary)
    }
  }

  public var markers: [TokenMarker] {
    (parts.addedTokens + parts.unsoughtTokens).compactMap { token in
      guard token.id != parts.vocabulary.unknown?.token, !token.content.isEmpty else { return nil }
      return TokenMarker(
        token: token.id, text: token.content, isSpecial: token.isSpecial,
        isSingleWord: token.isSingleWord, stripsLeft: token.stripsLeft,
        stripsRight: token.stripsRight)
    }
  }

  public func ignoringMarkers(_ tokens: Set<Int32>) throws(TokenizationError) -> any Tokenizer {
    var parts = parts
    parts.addedTokens.removeAll { tokens.contains($0.id) }
    return parts.addedTokens.count == self.parts.addedTokens.count ? self : BytePairTokenizer(parts)
  }

  public func appendBytes(of token: Int32, to bytes: inout [UInt8], isAtStart: inout Bool) {
    surfaces.append(token, to: &bytes, isAtStart: &isAtStart)
  }

  public func piece(_ token: Int32) -> String {
    guard names.indices.contains(Int(token)) else { return "" }
    return String(decoding: names[Int(token)], as: UTF8.self)
  }
}

/// The memory of one thread that encodes.
///
/// Only one thread at a time may use it: `BytePairTokenizer` hands it out under a lock.
final class BytePairTextEncoder: @unchecked Sendable {
  private var words = WordEncoder()
  private var buffer = GrowableBuffer<UInt8>()
  private var count = 0

  deinit {
    words.deallocate()
    buffer.deallocate()
  }

  /// The text as valid UTF-8, with padding behind it.
  var text: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: buffer.base, count: count) }

  /// Takes a text, with U+FFFD for each byte that is not valid UTF-8.
  func begin(_ input: UnsafeBufferPointer<UInt8>) {
    words.tokenCount = 0
    count = input.count
    buffer.reserve(count + WordEncoder.padding)
    if let base = input.baseAddress { buffer.base.update(from: base, count: count) }
    let valid = validCount(input)
    if valid < count { repair(input, from: valid) }
    (buffer.base + count).update(repeating: 0, count: WordEncoder.padding)
  }

  private func repair(_ input: UnsafeBufferPointer<UInt8>, from start: Int) {
    buffer.reserve(
      start + 3 * (input.count - start) + WordEncoder.padding, keeping: start)
    var target = start
    var position = start
    while position < input.count {
      let length = characterLength(in: input, at: position)
      if length > 0 {
        for offset in 0..<length { buffer.base[target + offset] = input[position + offset] }
        target += length
        position += length
      } else {
        for (offset, byte) in replacementCharacter.enumerated() {
          buffer.base[target + offset] = byte
        }
        target += replacementCharacter.count
        position += 1
      }
    }
    count = target
  }

  func append(_ token: Int32) { words.append(token) }

  func encode(
    _ text: UnsafeBufferPointer<UInt8>, _ scanner: WordScanner, _ vocabulary: MergeVocabulary
  ) {
    guard let base = text.baseAddress else { return }
    words.encode(base, from: 0, to: text.count, scanner, vocabulary)
  }

  func encode(_ pieces: PreTokenizer.Pieces, _ vocabulary: MergeVocabulary) {
    let padded = pieces.bytes + [UInt8](repeating: 0, count: WordEncoder.padding)
    padded.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for range in pieces.ranges {
        words.encodePiece(base, from: range.lowerBound, to: range.upperBound, vocabulary)
      }
    }
  }

  func finish() -> [Int32] {
    let tokens = Array(UnsafeBufferPointer(start: words.tokens.base, count: words.tokenCount))
    words.shrink()
    buffer.shrink(above: WordEncoder.keptCapacity)
    return tokens
  }
}

/// Returns how many bytes at the start of a text are valid UTF-8.
private func validCount(_ text: UnsafeBufferPointer<UInt8>) -> Int {
  let raw = UnsafeRawBufferPointer(text)
  var position = 0
  while position < text.count {
    while position + 32 <= text.count {
      let block = raw.loadUnaligned(fromByteOffset: position, as: SIMD4<UInt64>.self)
      guard isASCII(block[0] | block[1] | block[2] | block[3]) else { break }
      position += 32
    }
    // Past the block's first character beyond ASCII, one at a time.
    let end = min(position + 32, text.count)
    while position < end {
      let length = characterLength(in: text, at: position)
      guard length > 0 else { return position }
      position += length
    }
  }
  return text.count
}
