import Tokenization

/// Every byte is a token; 256 stands before a text and 257 behind it.
struct ByteTokenizer: Tokenizer {
  var vocabularySize = 258
  var startToken: Int32? { 256 }
  var endToken: Int32? { 257 }
  var paddingToken: Int32? { nil }
  var fingerprint: String { "bytes" }

  func encode(_ text: UnsafeBufferPointer<UInt8>) -> [Int32] { text.map(Int32.init) }

  func appendBytes(of token: Int32, to bytes: inout [UInt8], isAtStart: inout Bool) {
    guard (0..<256).contains(token) else { return }
    bytes.append(UInt8(token))
    isAtStart = false
  }

  func piece(_ token: Int32) -> String { "<\(token)>" }
}
