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
  let (count, bytes) = (text.count, UnsafeRawBufferPointer(text))
  var word = WordHash()
  var index = 0
  byteClasses.withUnsafeBufferPointer { classes in
    while index < count {
      var eight: UInt64 = 0
      if index + 8 <= count {
        eight = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      } else {
        for offset in 0..<count - index { eight |= UInt64(text[index + offset]) << (8 * offset) }
      }
      let letters = asciiLetterOrDigitCount(eight)
      if letters > 0 {
        word.append(eight | 0x2020_2020_2020_2020, count: letters)
        index += letters
        if letters == 8 { continue }
      }
      guard index < count else { break }
      let byte = text[index]
      index += 1
      switch classes[Int(byte)] {
      case punctuation: continue
      case space: break
      case spaceLead:
        let length = whiteSpaceLength(text, at: index - 1)
        if length == 0 {
          word.append(UInt64(byte), count: 1)
          continue
        }
        index += length - 1
      default:
        word.append(UInt64(byte), count: 1)
        continue
      }
      if let hash = word.finish() { words.append(hash) }
    }
  }
  if let hash = word.finish() { words.append(hash) }
  return words
}

/// The hash of a word's bytes, which come in stretches of up to eight, however they are cut.
private struct WordHash {
  private var state: UInt64 = 0
  /// Bytes that wait until they are eight, the first the lowest, and how many.
  private var lane: UInt64 = 0
  private var filled = 0
  private var isEmpty = true

  /// Adds the lowest 1 to 8 bytes of a value.
  @inline(__always)
  mutating func append(_ value: UInt64, count: Int) {
    let value = value & (.max >> UInt64(64 - 8 * count))
    isEmpty = false
    lane |= value << UInt64(8 * filled)
    filled += count
    if filled >= 8 {
      state = mixed(state ^ lane) &+ goldenStep
      filled -= 8
      lane = value >> UInt64(8 * (count - filled))
    }
  }

  /// The hash, or nil if nothing came; then starts again.
  @inline(__always)
  mutating func finish() -> UInt64? {
    if isEmpty { return nil }
    let hash = mixed(state ^ (lane | UInt64(filled + 1) << 56))
    self = WordHash()
    return hash
  }
}

/// How many of eight bytes, from the lowest on, are ASCII letters or digits.
@inline(__always)
private func asciiLetterOrDigitCount(_ bytes: UInt64) -> Int {
  let high: UInt64 = 0x8080_8080_8080_8080
  let lower = (bytes | 0x2020_2020_2020_2020) & ~high
  let low = bytes & ~high
  // Sums within eight bits: the high bit of each byte tells whether it is at least so much.
  let (fromA, pastZ) = (lower &+ 0x1F1F_1F1F_1F1F_1F1F, lower &+ 0x0505_0505_0505_0505)
  let (from0, past9) = (low &+ 0x5050_5050_5050_5050, low &+ 0x4646_4646_4646_4646)
  let others = ~(((fromA & ~pastZ) | (from0 & ~past9)) & ~bytes) & high
  return others.trailingZeroBitCount >> 3
}

/// A text's characters as SlimPajama's deduplication sees them, as Unicode scalars.
///
/// The text must be valid UTF-8.
///
/// ASCII letters are lowercased, ASCII punctuation is taken out, white space is stripped from the
/// ends and each run of it is one space
/// (Cerebras Model Zoo, `data_preparation/nlp/slimpajama/dedup/to_hash.py`, `get_features`,
/// which lowercases letters beyond ASCII too).
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
  // Three control characters that would be taken for a class.
  case 0...2: 0xFF
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
