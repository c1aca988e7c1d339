/// Prepares text the way a model's normalizer settings ask, ready to be cut into pieces.
///
/// The prepared text is valid UTF-8. Where the model escapes whitespace, a space and U+2581 mean
/// the same in it, and both are written as one space: a third of the bytes, and text that needs no
/// repair is its own prepared form.
struct SentencePieceNormalizer: Sendable {
  let addsDummyPrefix: Bool
  let removesExtraWhitespace: Bool
  let escapesWhitespace: Bool
  let treatsWhitespaceAsSuffix: Bool
  /// User-defined pieces as they stand in text, which whitespace removal must not take apart.
  let matcher: PrefixMatcher?

  /// The most bytes that `count` bytes of text can become.
  static func capacity(for count: Int) -> Int { 3 * count + 1 }

  /// Writes the prepared form of `text` to `output`, which has `capacity(for:)` bytes, and returns
  /// its length.
  func normalize(_ text: UnsafeBufferPointer<UInt8>, to output: UnsafeMutablePointer<UInt8>) -> Int
  {
    guard !text.isEmpty else { return 0 }
    return matcher == nil && !removesExtraWhitespace
      ? repair(text, to: output) : removeWhitespace(text, to: output)
  }

  private func repair(
    _ text: UnsafeBufferPointer<UInt8>, to output: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var count = 0
    if addsDummyPrefix && !treatsWhitespaceAsSuffix {
      output[0] = 0x20
      count = 1
    }
    let source = UnsafeRawBufferPointer(text)
    let target = UnsafeMutableRawPointer(output)
    var position = 0
    while position < text.count {
      while position + 8 <= text.count {
        let word = source.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        guard isASCII(word) else { break }
        target.storeBytes(of: word, toByteOffset: count, as: UInt64.self)
        position += 8
        count += 8
      }
      if position < text.count {
        let length = characterLength(in: text, at: position)
        append(text, at: position, length: length, to: output, &count)
        position += max(length, 1)
      }
    }
    if addsDummyPrefix && treatsWhitespaceAsSuffix {
      output[count] = 0x20
      count += 1
    }
    return count
  }

  /// Appends one character in prepared form; a length of 0 stands for an invalid byte.
  @inline(__always)
  private func append(
    _ text: UnsafeBufferPointer<UInt8>, at position: Int, length: Int,
    to output: UnsafeMutablePointer<UInt8>, _ count: inout Int
  ) {
    switch length {
    case 0:
      for byte in replacementCharacter {
        output[count] = byte
        count += 1
      }
    case 3 where escapesWhitespace && isSpaceSymbol(text, at: position):
      output[count] = 0x20
      count += 1
    default:
      for offset in 0..<length { output[count + offset] = text[position + offset] }
      count += length
    }
  }

  @inline(__always)
  private func isSpaceSymbol(_ text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    text[position] == 0xE2 && text[position + 1] == 0x96 && text[position + 2] == 0x81
  }

  /// As SentencePiece: only spaces are whitespace, and U+2581 counts as one only at the end.
  private func removeWhitespace(
    _ text: UnsafeBufferPointer<UInt8>, to output: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var position = 0
    if removesExtraWhitespace {
      while position < text.count, unit(text, at: position) == 1, text[position] == 0x20 {
        position += 1
      }
      if position == text.count { return 0 }
    }
    var count = 0
    if addsDummyPrefix && !treatsWhitespaceAsSuffix {
      output[0] = 0x20
      count = 1
    }
    var followsSpace = removesExtraWhitespace
    while position < text.count {
      let end = position + unit(text, at: position)
      if followsSpace {
        while position < end && text[position] == 0x20 { position += 1 }
      }
      if position < end { followsSpace = removesExtraWhitespace && text[end - 1] == 0x20 }
      while position < end {
        let length = characterLength(in: text, at: position)
        append(text, at: position, length: length, to: output, &count)
        position += max(length, 1)
      }
    }
    if removesExtraWhitespace {
      while count > 0 && output[count - 1] == 0x20 { count -= 1 }
    }
    if addsDummyPrefix && treatsWhitespaceAsSuffix {
      output[count] = 0x20
      count += 1
    }
    return count
  }

  /// The length of what is taken as one: a user-defined piece, a character, or an invalid byte.
  private func unit(_ text: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
    matcher?.longestMatch(in: text, at: position)?.length
      ?? max(characterLength(in: text, at: position), 1)
  }
}
