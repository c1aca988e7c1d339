/// A text's words as `lm-evaluation-harness`'s decontamination sees them, each by its hash.
///
/// ASCII letters are lowercased and ASCII punctuation is taken out; what is left is split at what
/// Python's `str.split()` calls white space (`lm_eval/decontamination/janitor.py`,
/// `normalize_string` and `word_ngrams`, after GPT-3's appendix C, arXiv:2005.14165). So "Don't" is
/// "dont", a dash between spaces is no word, and letters beyond ASCII keep their case.
///
/// - Returns: 64 bits a word; two words collide with a chance of 5·10⁻²⁰.
package func wordHashes(of text: UnsafeBufferPointer<UInt8>) -> [UInt64] {
  // A word and its space are six bytes in English, so that this rarely grows.
  var words: [UInt64] = []
  words.reserveCapacity(text.count / 6 + 8)
  let count = text.count
  var hash = hashStart
  var index = 0
  byteClasses.withUnsafeBufferPointer { classes in
    while index < count {
      let byte = text[index]
      let kind = classes[Int(byte)]
      index += 1
      if _fastPath(kind > spaceLead) {
        hash = (hash ^ UInt64(kind)) &* hashPrime
        continue
      }
      switch kind {
      case punctuation: continue
      case space: break
      default:
        let length = whiteSpaceLength(text, at: index - 1)
        if length == 0 {
          hash = (hash ^ UInt64(byte)) &* hashPrime
          continue
        }
        index += length - 1
      }
      if hash != hashStart { words.append(mixed(hash)) }
      hash = hashStart
    }
  }
  if hash != hashStart { words.append(mixed(hash)) }
  return words
}

/// A text's characters as SlimPajama's deduplication sees them, as Unicode scalars.
///
/// The text must be valid UTF-8.
///
/// ASCII letters are lowercased, ASCII punctuation is taken out, white space is stripped from the
/// ends and each run of it is one space
/// (Cerebras Model Zoo, `data_preparation/nlp/slimpajama/dedup/to_hash.py`, `get_features`).
package func normalizedCharacters(of text: UnsafeBufferPointer<UInt8>) -> [UInt32] {
  var characters: [UInt32] = []
  characters.reserveCapacity(text.count)
  var spaceIsPending = false
  var index = 0
  byteClasses.withUnsafeBufferPointer { classes in
    while index < text.count {
      let byte = text[index]
      let kind = classes[Int(byte)]
      if kind == punctuation {
        index += 1
        continue
      }
      let length = kind == space ? 1 : kind == spaceLead ? whiteSpaceLength(text, at: index) : 0
      if length > 0 {
        spaceIsPending = !characters.isEmpty
        index += length
        continue
      }
      if spaceIsPending { characters.append(0x20) }
      spaceIsPending = false
      if byte < 0x80 {
        characters.append(UInt32(byte < 3 ? byte : kind))
        index += 1
      } else {
        let (scalar, length) = decodedScalar(text, at: index)
        characters.append(scalar)
        index += length
      }
    }
  }
  return characters
}

/// Calls a closure with the hash of every run of `length` units, in order.
///
/// The hash is a polynomial of the units with a fixed base, modulo 2⁶⁴, rolled along and mixed: two
/// multiplications a unit, whatever the length.
@inline(__always)
func forEachRun<Unit: UnsignedInteger & FixedWidthInteger>(
  of length: Int, in units: UnsafeBufferPointer<Unit>, _ body: (UInt64) -> Void
) {
  guard length > 0, units.count >= length else { return }
  var power: UInt64 = 1
  for _ in 0..<length { power = power &* goldenStep }
  var hash: UInt64 = 0
  for index in 0..<length { hash = hash &* goldenStep &+ UInt64(truncatingIfNeeded: units[index]) }
  body(mixed(hash))
  for index in length..<units.count {
    hash = hash &* goldenStep &+ UInt64(truncatingIfNeeded: units[index])
    hash = hash &- UInt64(truncatingIfNeeded: units[index - length]) &* power
    body(mixed(hash))
  }
}

/// The start and the multiplier of FNV-1a (RFC 9923).
private let hashStart: UInt64 = 0xcbf2_9ce4_8422_2325
private let hashPrime: UInt64 = 0x100_0000_01b3

private let punctuation: UInt8 = 0
private let space: UInt8 = 1
private let spaceLead: UInt8 = 2

/// For each byte what it is, or its lowercase: white space in Python's sense begins with one of four
/// bytes where it is not ASCII.
private let byteClasses: [UInt8] = (0...255).map { (byte: UInt8) -> UInt8 in
  switch byte {
  case 0x09...0x0D, 0x1C...0x20: space
  case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: punctuation
  case 0x41...0x5A: byte + 0x20
  case 0xC2, 0xE1, 0xE2, 0xE3: spaceLead
  // Control characters that would be taken for a class; no text has them.
  case 0...2: byte + 0xF8
  default: byte
  }
}

/// How many bytes of white space begin at one of the four leads; 0 if it is another character.
private func whiteSpaceLength(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
  let second = index + 1 < text.count ? text[index + 1] : 0
  if text[index] == 0xC2 { return second == 0x85 || second == 0xA0 ? 2 : 0 }
  let third = index + 2 < text.count ? text[index + 2] : 0
  let isSpace =
    switch (text[index], second, third) {
    case (0xE1, 0x9A, 0x80), (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80): true
    case (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF): true
    default: false
    }
  return isSpace ? 3 : 0
}
