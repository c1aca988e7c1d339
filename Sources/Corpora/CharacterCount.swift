/// Counts the characters of a text as the reference's length filter sees it, up to a limit.
///
/// The reference (CoreNet `base_lm.py`, after SlimPajama) lowercases, removes ASCII punctuation,
/// strips white space from the ends and makes each run of it one space, then counts scalars. White
/// space is what Python's `\s` matches. Lowercasing changes the count for one character only: İ
/// (U+0130) becomes two.
///
/// - Parameters:
///   - text: valid UTF-8.
///   - limit: counting stops once it is reached, which makes the filter cost the same for every
///     document.
/// - Returns: the count, or `limit` if it is at least that.
package func normalizedCharacterCount(
  of text: UnsafeBufferPointer<UInt8>, upTo limit: Int
) -> Int {
  var count = 0
  var spaceIsPending = false
  var index = 0
  while index < text.count, count < limit {
    let (scalar, length) = decodedScalar(text, at: index)
    index += length
    if isPythonWhitespace(scalar) {
      // Before the first character, white space is stripped.
      spaceIsPending = count > 0
    } else if !isASCIIPunctuation(scalar) {
      count += (spaceIsPending ? 1 : 0) + (scalar == 0x130 ? 2 : 1)
      spaceIsPending = false
    }
  }
  return min(count, limit)
}

/// The scalar that begins at a place of valid UTF-8, and how many bytes it takes.
func decodedScalar(
  _ text: UnsafeBufferPointer<UInt8>, at index: Int
) -> (scalar: UInt32, length: Int) {
  func bits(_ offset: Int) -> UInt32 { UInt32(text[index + offset] & 0x3F) }
  let lead = text[index]
  if lead < 0x80 { return (UInt32(lead), 1) }
  if lead < 0xE0 { return (UInt32(lead & 0x1F) << 6 | bits(1), 2) }
  if lead < 0xF0 { return (UInt32(lead & 0x0F) << 12 | bits(1) << 6 | bits(2), 3) }
  return (UInt32(lead & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3), 4)
}

private func isASCIIPunctuation(_ scalar: UInt32) -> Bool {
  switch scalar {
  case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
  default: false
  }
}

/// Whether Python's `\s` matches a scalar.
func isPythonWhitespace(_ scalar: UInt32) -> Bool {
  switch scalar {
  case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
    0x205F, 0x3000:
    true
  default: false
  }
}
