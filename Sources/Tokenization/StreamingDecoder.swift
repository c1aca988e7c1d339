/// Turns tokens into text one at a time, holding back the bytes of a character until it is whole.
///
/// All that `append` and `finish` return, one after another, is what `decode` returns for all the
/// tokens.
public struct StreamingDecoder<Base: Tokenizer>: Sendable {
  private let tokenizer: Base
  private var isAtStart = true
  /// At most three bytes between calls: the longest beginning of a character.
  private var pending: [UInt8] = []

  public init(_ tokenizer: Base) {
    self.tokenizer = tokenizer
  }

  /// Returns the characters that `token` completes; often one piece, sometimes nothing.
  ///
  /// A token without text, such as `</s>`, ends a character that was left incomplete, as it does
  /// in SentencePiece. Each byte that can no longer become a character gives U+FFFD.
  public mutating func append(_ token: Int32) -> String {
    let count = pending.count
    tokenizer.appendBytes(of: token, to: &pending, isAtStart: &isAtStart)
    return pending.count == count ? finish() : take(holdingBackIncomplete: true)
  }

  /// Returns U+FFFD for each byte held back, and forgets them.
  public mutating func finish() -> String {
    take(holdingBackIncomplete: false)
  }

  private mutating func take(holdingBackIncomplete: Bool) -> String {
    guard !pending.isEmpty else { return "" }
    let repaired = pending.withUnsafeBufferPointer { bytes -> (text: [UInt8], rest: Int) in
      var text: [UInt8] = []
      text.reserveCapacity(bytes.count)
      var position = 0
      while position < bytes.count {
        let length = characterLength(in: bytes, at: position)
        if length > 0 {
          text.append(contentsOf: bytes[position..<(position + length)])
          position += length
        } else if holdingBackIncomplete && isCharacterPrefix(bytes, from: position) {
          break
        } else {
          text.append(contentsOf: replacementCharacter)
          position += 1
        }
      }
      return (text, position)
    }
    pending.removeFirst(repaired.rest)
    return String(decoding: repaired.text, as: UTF8.self)
  }
}
