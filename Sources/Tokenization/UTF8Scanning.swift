/// U+FFFD in UTF-8, which takes the place of a byte that is not valid.
let replacementCharacter: [UInt8] = [0xEF, 0xBF, 0xBD]

/// U+2581 in UTF-8, which SentencePiece writes for a space.
let spaceSymbol: [UInt8] = [0xE2, 0x96, 0x81]

/// Returns the length in bytes of the valid character at `position`, or 0 where there is none.
///
/// Valid as in RFC 3629: shortest form, no surrogates, at most U+10FFFF. SentencePiece's own
/// decoder agrees.
@inline(__always)
package func characterLength(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
  let lead = bytes[position]
  if lead < 0x80 { return 1 }
  let count = bytes.count - position
  guard lead >= 0xC2, lead <= 0xF4, count >= 2 else { return 0 }
  let second = bytes[position + 1]
  guard isSecondByte(second, after: lead) else { return 0 }
  if lead < 0xE0 { return 2 }
  guard count >= 3, bytes[position + 2] & 0xC0 == 0x80 else { return 0 }
  if lead < 0xF0 { return 3 }
  guard count >= 4, bytes[position + 3] & 0xC0 == 0x80 else { return 0 }
  return 4
}

/// Returns whether the bytes from `position` on are the beginning of a valid character whose rest
/// may still come.
func isCharacterPrefix(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int) -> Bool {
  let lead = bytes[position]
  let count = bytes.count - position
  guard lead >= 0xC2, lead <= 0xF4, count < encodedLength(lead: lead) else { return false }
  guard count > 1 else { return true }
  return isSecondByte(bytes[position + 1], after: lead)
    && bytes[(position + 2)...].allSatisfy { $0 & 0xC0 == 0x80 }
}

@inline(__always)
private func isSecondByte(_ byte: UInt8, after lead: UInt8) -> Bool {
  guard byte & 0xC0 == 0x80 else { return false }
  switch lead {
  case 0xE0: return byte >= 0xA0
  case 0xED: return byte < 0xA0
  case 0xF0: return byte >= 0x90
  case 0xF4: return byte < 0x90
  default: return true
  }
}

/// Returns how many bytes a character of valid UTF-8 has, from its first.
@inline(__always)
func encodedLength(lead: UInt8) -> Int {
  lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
}

/// Returns the code point of the character that starts at `bytes`, which has to be valid UTF-8.
@inline(__always)
func scalarValue(_ bytes: UnsafePointer<UInt8>) -> UInt32 {
  let lead = UInt32(bytes[0])
  if lead < 0x80 { return lead }
  let second = UInt32(bytes[1] & 0x3F)
  if lead < 0xE0 { return (lead & 0x1F) << 6 | second }
  let third = UInt32(bytes[2] & 0x3F)
  if lead < 0xF0 { return (lead & 0x0F) << 12 | second << 6 | third }
  return (lead & 0x07) << 18 | second << 12 | third << 6 | UInt32(bytes[3] & 0x3F)
}

/// Returns the code points of `bytes`, or nil if they are not valid UTF-8.
package func scalarValues(_ bytes: [UInt8]) -> [UInt32]? {
  bytes.withUnsafeBufferPointer { buffer -> [UInt32]? in
    guard let base = buffer.baseAddress else { return [] }
    var values: [UInt32] = []
    var position = 0
    while position < buffer.count {
      let length = characterLength(in: buffer, at: position)
      guard length > 0 else { return nil }
      values.append(scalarValue(base + position))
      position += length
    }
    return values
  }
}

/// Returns whether eight bytes, loaded as one number, are all ASCII.
@inline(__always)
func isASCII(_ word: UInt64) -> Bool {
  word & 0x8080_8080_8080_8080 == 0
}

/// Returns `bytes` with every occurrence of `pattern` replaced.
func replacing(_ pattern: [UInt8], with replacement: [UInt8], in bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(bytes.count)
  var position = 0
  while position < bytes.count {
    if bytes[position...].starts(with: pattern) {
      result += replacement
      position += pattern.count
    } else {
      result.append(bytes[position])
      position += 1
    }
  }
  return result
}
