/// Turns text into token ids and back.
///
/// Text is UTF-8 bytes. No special tokens are added: whoever packs documents puts `startToken` and
/// `endToken` where they belong.
public protocol Tokenizer: Sendable {
  /// How many ids there are; they run from 0 to `vocabularySize - 1`.
  var vocabularySize: Int { get }
  /// The id that stands before a document, if there is one.
  var startToken: Int32? { get }
  /// The id that stands after a document, if there is one.
  var endToken: Int32? { get }
  /// The id that fills up short sequences, if there is one.
  var paddingToken: Int32? { get }
  /// A checksum of everything that encoding and decoding depend on.
  ///
  /// Token ids written with one fingerprint mean nothing to a tokenizer with another.
  var fingerprint: String { get }

  /// Returns the ids of a text. Each byte that is not valid UTF-8 counts as U+FFFD.
  func encode(_ text: UnsafeBufferPointer<UInt8>) -> [Int32]

  /// Returns the ids of a stretch of a longer text that markers cut; `isFirst` says that nothing stands
  /// before it.
  func encode(_ text: UnsafeBufferPointer<UInt8>, isFirst: Bool) -> [Int32]

  /// The tokens that stand for a text of their own wherever that is written: added tokens, and pieces
  /// that are control or user-defined. The one for unknown text is none of them.
  var markers: [TokenMarker] { get }

  /// Returns a tokenizer to which the texts of these markers are ordinary text.
  func ignoringMarkers(_ tokens: Set<Int32>) throws(TokenizationError) -> any Tokenizer

  /// Appends what `token` stands for to `bytes`.
  ///
  /// `isAtStart` is true until a token has given text; tokenizers that put a space before every
  /// text take it away again there. An id outside the vocabulary counts as unknown.
  func appendBytes(of token: Int32, to bytes: inout [UInt8], isAtStart: inout Bool)

  /// Returns the bytes of a text, which may stop inside a character or break UTF-8's rules when
  /// the tokens do.
  func decodeBytes(_ tokens: some Sequence<Int32>) -> [UInt8]

  /// Returns how the vocabulary writes `token`, such as `▁the` or `<0x0A>`.
  func piece(_ token: Int32) -> String
}

extension Tokenizer {
  public func encode(_ text: UnsafeBufferPointer<UInt8>, isFirst: Bool) -> [Int32] { encode(text) }

  public var markers: [TokenMarker] { [] }

  public func ignoringMarkers(_ tokens: Set<Int32>) throws(TokenizationError) -> any Tokenizer {
    self
  }

  /// Returns the ids of a text. Each byte that is not valid UTF-8 counts as U+FFFD.
  public func encode(_ bytes: [UInt8]) -> [Int32] {
    bytes.withUnsafeBufferPointer { encode($0) }
  }

  /// Returns the ids of a text.
  public func encode(_ text: String) -> [Int32] {
    var text = text
    return text.withUTF8 { encode($0) }
  }

  /// Returns the bytes of a text, which may stop inside a character or break UTF-8's rules when
  /// the tokens do.
  public func decodeBytes(_ tokens: some Sequence<Int32>) -> [UInt8] {
    var bytes: [UInt8] = []
    var isAtStart = true
    for token in tokens { appendBytes(of: token, to: &bytes, isAtStart: &isAtStart) }
    return bytes
  }

  /// Returns the text of tokens, with U+FFFD for each byte that is not valid UTF-8.
  public func decode(_ tokens: some Sequence<Int32>) -> String {
    var decoder = StreamingDecoder(self)
    var text = ""
    for token in tokens { text += decoder.append(token) }
    text += decoder.finish()
    return text
  }
}
