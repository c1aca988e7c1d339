import CVectorInstructions

/// Cuts text into words by one of the published patterns, 64 bytes at a time.
///
/// In ASCII text, where a word starts follows from the kinds of the characters around it: one bit a
/// byte and kind, and a few operations on 64 of them. What those cannot decide (characters beyond
/// ASCII, white space that reaches the end of the 64 bytes, words longer than that, the text's
/// end) is left to the matcher, which is right about everything.
package struct WordScanner {
  private let matcher: PatternMatcher
  private let algebra: Algebra

  private enum Algebra {
    case none, gpt2, llama3
  }

  /// Ends that `fill` may write beyond its limit.
  package static let margin = 64

  package init(_ pattern: PreTokenizationPattern, _ matcher: PatternMatcher) {
    self.matcher = matcher
    algebra =
      switch pattern {
      case .gpt2: .gpt2
      // They differ only in white space at the text's end, which is the matcher's.
      case .llama3, .cl100k: .llama3
      case .o200k: .none
      }
  }

  /// Writes where words end, until there are `limit` of them or the text is at its end.
  ///
  /// Returns how many there are, and where the last one ends.
  package func fill(
    _ ends: UnsafeMutablePointer<Int32>, limit: Int, text: UnsafePointer<UInt8>, from start: Int,
    to count: Int
  ) -> (count: Int, position: Int) {
    switch algebra {
    case .none:
      fill(ends, limit, text, start, count) { _, _ in 0 }
    case .gpt2:
      fill(ends, limit, text, start, count, starts: { Self.startsOfGPT2($0, $1) })
    case .llama3:
      fill(ends, limit, text, start, count, starts: { Self.startsOfLlama3($0, $1) })
    }
  }

  @inline(__always)
  private func fill(
    _ ends: UnsafeMutablePointer<Int32>, _ limit: Int, _ text: UnsafePointer<UInt8>, _ start: Int,
    _ count: Int, starts: (samara_byte_masks, UnsafePointer<UInt8>) -> UInt64
  ) -> (count: Int, position: Int) {
    var position = start
    var written = 0
    while position < count && written < limit {
      if SAMARA_HAS_BYTE_MASKS != 0 && position + 64 <= count {
        var bits = starts(samara_classify_bytes(text + position), text + position)
        if bits != 0 {
          let target = ends + written
          let found = bits.nonzeroBitCount
          var index = 0
          // Eight at a time, so that the loop's end is easily foreseen; the surplus is overwritten.
          repeat {
            for place in index..<(index + 8) {
              target[place] = Int32(
                truncatingIfNeeded: position &+ bits.trailingZeroBitCount)
              bits &= bits &- 1
            }
            index += 8
          } while index < found
          written += found
          position = Int(target[found - 1])
          continue
        }
      }
      let end = matcher.matchEnd(in: text, from: position, to: count)
      // Every character begins a match of these patterns.
      position = end > position ? end : position + encodedLength(lead: text[position])
      ends[written] = Int32(truncatingIfNeeded: position)
      written += 1
    }
    return (written, position)
  }

  /// Bits up to where all is decided: before the first byte beyond ASCII, with what a contraction
  /// looks at still inside the 64 bytes, and up to the start of white space that goes on from there.
  @inline(__always)
  private static func decided(_ masks: samara_byte_masks, _ whitespace: UInt64) -> UInt64 {
    let limit = min(masks.beyond_ascii.trailingZeroBitCount, 61)
    let before = (1 as UInt64) << UInt64(limit) &- 1
    let run = 64 - (~whitespace & before).leadingZeroBitCount
    // Without bit 0, where the caller's word starts.
    return before & ((2 as UInt64) << UInt64(truncatingIfNeeded: min(run, 62)) &- 1) & ~1
  }

  /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
  ///
  /// A character starts a word unless it goes on with its kind or has a space in front; white space
  /// where it begins, and where it is the last before something else.
  @inline(__always)
  private static func startsOfGPT2(
    _ masks: samara_byte_masks, _ text: UnsafePointer<UInt8>
  ) -> UInt64 {
    let (letters, digits, spaces) = (masks.letters, masks.digits, masks.spaces)
    let whitespace = spaces | masks.newlines | masks.other_spaces
    let others = ~(letters | digits | whitespace | masks.beyond_ascii)
    var starts =
      (letters & ~(letters << 1) | digits & ~(digits << 1) | others & ~(others << 1))
      & ~(spaces << 1)
    starts |= whitespace & ~(whitespace << 1 & whitespace >> 1)
    let decided = decided(masks, whitespace)
    var apostrophes = masks.apostrophes & (starts | 1) & (decided | 1)
    while apostrophes != 0 {
      let place = apostrophes.trailingZeroBitCount
      apostrophes &= apostrophes &- 1
      let length = contractionLength(text[place + 1], text[place + 2])
      guard length > 0 else { continue }
      starts &= ~(2 << UInt64(place))
      starts |= 1 << UInt64(place + length)
    }
    return starts & decided
  }

  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|`
  /// `\s*[\r\n]+|\s+(?!\S)|\s+`
  @inline(__always)
  private static func startsOfLlama3(
    _ masks: samara_byte_masks, _ text: UnsafePointer<UInt8>
  ) -> UInt64 {
    let (letters, digits, newlines) = (masks.letters, masks.digits, masks.newlines)
    let blanks = masks.spaces | masks.other_spaces
    let whitespace = blanks | newlines
    let others = ~(letters | digits | whitespace | masks.beyond_ascii)
    let otherStarts = others & ~(others << 1) & ~(masks.spaces << 1)
    // A letter joins a start in front of it that is no newline: white space right before a letter
    // always is one.
    var starts = letters & ~(letters << 1) & ~((otherStarts | blanks) << 1) | otherStarts
    var groups = digits & ~(digits << 1)
    while groups != 0 {
      starts |= groups
      groups = groups << 1 & digits
      groups = groups << 1 & digits
      groups = groups << 1 & digits
    }
    // Newlines that follow punctuation belong to it. The sum carries through each run of them.
    let absorbed = newlines & ~(newlines &+ (others << 1 & newlines))
    let free = whitespace & ~absorbed
    starts |= free & ~(free << 1)
    starts |= blanks & ~(whitespace >> 1)
    // A word of white space ends with the last newline in it.
    var afterNewline = blanks & (newlines & ~absorbed) << 1
    while afterNewline != 0 {
      let place = afterNewline.trailingZeroBitCount
      afterNewline &= afterNewline &- 1
      let end = place + (~(blanks >> UInt64(place))).trailingZeroBitCount
      if end < 64 && newlines >> UInt64(end) & 1 == 0 { starts |= 1 << UInt64(place) }
    }
    let decided = decided(masks, whitespace)
    var apostrophes = masks.apostrophes & (otherStarts | 1) & (decided | 1)
    while apostrophes != 0 {
      let place = apostrophes.trailingZeroBitCount
      apostrophes &= apostrophes &- 1
      let length = contractionLength(text[place + 1] | 0x20, text[place + 2] | 0x20)
      // What follows starts a word by itself unless it is a letter.
      if length > 0 { starts |= 1 << UInt64(place + length) & letters }
    }
    return starts & decided
  }

  /// The length of a contraction from its apostrophe on, or 0.
  @inline(__always)
  private static func contractionLength(_ first: UInt8, _ second: UInt8) -> Int {
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): 2
    case UInt8(ascii: "l"): second == UInt8(ascii: "l") ? 3 : 0
    case UInt8(ascii: "r"), UInt8(ascii: "v"): second == UInt8(ascii: "e") ? 3 : 0
    default: 0
    }
  }
}
