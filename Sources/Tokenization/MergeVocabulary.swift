/// A vocabulary, arranged for merging.
struct MergeVocabulary: Sendable {
  let rules: MergeRules
  let alphabet: Alphabet
  /// Where words that are in the vocabulary are not merged: the vocabulary.
  let wholeWords: ByteStringTable?
  /// The id of what the vocabulary lacks, and whether a run of it counts once.
  let unknown: Unknown?

  /// What a word is made of before anything is merged.
  enum Alphabet: Sendable {
    /// Bytes that all have an id.
    case bytes(ByteSymbols)
    /// Bytes of which some have none; byte-level vocabularies write them with `ByteAlphabet`.
    case someBytes([InitialSymbol])
    case characters(CharacterSymbols)
  }

  struct Unknown: Sendable {
    var token: Int32
    var isFused: Bool
  }

  /// Prefers `bytes` to `someBytes`.
  static func alphabet(ofBytes symbols: [InitialSymbol], _ rules: MergeRules) -> Alphabet {
    let tokens = symbols.compactMap { symbol -> Int32? in
      if case .token(let token) = symbol { token } else { nil }
    }
    return tokens.count == 256 ? .bytes(ByteSymbols(tokens, rules)) : .someBytes(symbols)
  }
}

/// The ids of the 256 bytes, and how two of them merge: the look-ups that every word begins with, out
/// of a table of which ordinary text needs a few kilobytes.
final class ByteSymbols: @unchecked Sendable {
  let tokens: UnsafePointer<Int32>
  /// `left << 8 | right` → what `MergeRules` says of them.
  let pairs: UnsafePointer<UInt64>

  init(_ tokens: [Int32], _ rules: MergeRules) {
    precondition(tokens.count == 256, "ByteSymbols: \(tokens.count) tokens, expected 256")
    let copied = UnsafeMutablePointer<Int32>.allocate(capacity: 256)
    copied.initialize(from: tokens, count: 256)
    let pairs = UnsafeMutablePointer<UInt64>.allocate(capacity: 1 << 16)
    for left in 0..<256 {
      for right in 0..<256 { pairs[left << 8 | right] = rules.merge(tokens[left], tokens[right]) }
    }
    self.tokens = UnsafePointer(copied)
    self.pairs = UnsafePointer(pairs)
  }

  deinit {
    tokens.deallocate()
    pairs.deallocate()
  }
}

/// What a byte, or a character, begins as when its word is merged.
enum InitialSymbol: Sendable {
  case token(Int32)
  /// The vocabulary lacks it, but has tokens for the bytes that it is written with.
  case fallback([Int32])
  case unknown
}

/// Characters as initial symbols, and where text can be cut without changing its tokens.
final class CharacterSymbols: Sendable {
  private let tokens: [UInt32: Int32]
  /// The tokens of bytes (`<0x0A>`), which stand for characters without one; -1 where one lacks.
  private let byteTokens: [Int32]
  /// `a << 8 | b`: whether some result of a merge has a character that ends with byte `a` right
  /// before one that starts with byte `b`; empty if text must not be cut at all.
  private let joins: [Bool]

  init(tokens: [UInt32: Int32], byteTokens: [Int32], joins: [Bool]) {
    self.tokens = tokens
    self.byteTokens = byteTokens
    self.joins = joins
  }

  /// The symbol of the character that starts at `text`.
  func symbol(_ text: UnsafePointer<UInt8>, length: Int) -> InitialSymbol {
    if let token = tokens[scalarValue(text)] { return .token(token) }
    guard !byteTokens.isEmpty else { return .unknown }
    let bytes = (0..<length).map { byteTokens[Int(text[$0])] }
    return bytes.contains(-1) ? .unknown : .fallback(bytes)
  }

  /// Returns where the first stretch of `text[start..<end]` ends across which nothing merges.
  @inline(__always)
  func wordEnd(_ text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    guard !joins.isEmpty else { return end }
    var position = start + encodedLength(lead: text[start])
    while position < end, joins[Int(text[position - 1]) << 8 | Int(text[position])] {
      position += encodedLength(lead: text[position])
    }
    return position
  }
}

/// Puts initial symbols one after another, as Hugging Face's library does: what is unknown waits
/// until something known follows, or the word ends.
struct SymbolWriter {
  private let unknown: MergeVocabulary.Unknown?
  private var isWaiting = false
  private(set) var count = 0

  init(_ unknown: MergeVocabulary.Unknown?) { self.unknown = unknown }

  mutating func append(_ symbol: InitialSymbol, to buffer: inout GrowableBuffer<Int32>) {
    switch symbol {
    case .token(let token):
      flush(to: &buffer)
      put(token, &buffer)
    case .fallback(let tokens):
      // It does not end what is unknown in front of it.
      for token in tokens { put(token, &buffer) }
    case .unknown:
      guard let unknown else { return }
      if isWaiting && !unknown.isFused { put(unknown.token, &buffer) }
      isWaiting = true
    }
  }

  mutating func flush(to buffer: inout GrowableBuffer<Int32>) {
    guard isWaiting, let unknown else { return }
    isWaiting = false
    put(unknown.token, &buffer)
  }

  private mutating func put(_ token: Int32, _ buffer: inout GrowableBuffer<Int32>) {
    buffer.reserve(count + 1, keeping: count)
    buffer.base[count] = token
    count += 1
  }
}
