import Foundation

/// What is done to text before it is tokenized.
public enum Normalization: String, Sendable, CaseIterable, Codable {
  /// Text stays as it is.
  case none
  /// Unicode's Normalization Form C (UAX #15): canonically equal text becomes equal bytes.
  case nfc

  /// Returns normalized UTF-8. Bytes that are not valid UTF-8 stay as they are.
  public func applied(to bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .none: bytes
    case .nfc: bytes.withUnsafeBufferPointer { composed($0) } ?? bytes
    }
  }
}

/// Returns NFC, or nil if `text` is already in it.
///
/// Only stretches that may change are handed to Foundation. Such a stretch ends before an ASCII
/// character, which never joins what stands before it.
private func composed(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
  var result: [UInt8]?
  var copied = 0
  var position = 0
  while let start = firstNonASCII(text, from: position) {
    position = start
    var needsWork = false
    while position < text.count && text[position] >= 0x80 {
      let length = characterLength(in: text, at: position)
      if length > 0, let base = text.baseAddress {
        needsWork = needsWork || !isStable(scalarValue(base + position))
      }
      position += max(length, 1)
    }
    guard needsWork else { continue }
    // The ASCII character in front may take up a combining mark.
    let from = max(start - 1, copied)
    let original = text[from..<position]
    let changed = composedStretch(UnsafeBufferPointer(rebasing: original))
    if !changed.elementsEqual(original) {
      var output = result ?? []
      output.append(contentsOf: text[copied..<from])
      output.append(contentsOf: changed)
      result = output
      copied = position
    }
  }
  result?.append(contentsOf: text[copied...])
  return result
}

private func firstNonASCII(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
  let raw = UnsafeRawBufferPointer(text)
  var position = start
  while position + 8 <= text.count,
    isASCII(raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  {
    position += 8
  }
  while position < text.count && text[position] < 0x80 { position += 1 }
  return position < text.count ? position : nil
}

/// Composes the valid parts, between bytes that are not valid.
private func composedStretch(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
  var result: [UInt8] = []
  var start = 0
  var position = 0
  func flush() {
    guard start < position else { return }
    result.append(contentsOf: composedText(text[start..<position]))
  }
  while position < text.count {
    let length = characterLength(in: text, at: position)
    if length > 0 {
      position += length
    } else {
      flush()
      result.append(text[position])
      position += 1
      start = position
    }
  }
  flush()
  return result
}

/// Foundation's NFC, with three repairs that Swift 6.3 needs: see the functions below.
private func composedText(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
  var scalars: [Unicode.Scalar] = []
  for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
    scalars.append(contentsOf: partsOfMark(scalar) ?? [scalar])
  }
  sortLongRunsOfMarks(&scalars)
  var ordered = String.UnicodeScalarView()
  ordered.append(contentsOf: scalars)
  return composedHangul(String(ordered).precomposedStringWithCanonicalMapping)
}

/// The characters that decompose to nothing but marks. In long runs of marks they get lost, and
/// three of them are starters themselves, so that their parts are not sorted among the marks in
/// front of them. NFC never puts any of them together again.
private func partsOfMark(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
  switch scalar.value {
  case 0x340: ["\u{300}"]
  case 0x341: ["\u{301}"]
  case 0x343: ["\u{313}"]
  case 0x344: ["\u{308}", "\u{301}"]
  case 0xF73: ["\u{F71}", "\u{F72}"]
  case 0xF75: ["\u{F71}", "\u{F74}"]
  case 0xF81: ["\u{F71}", "\u{F80}"]
  default: nil
  }
}

/// Sorting marks by their class takes quadratic time there: 10 seconds for 100,000. Sorted ones cost
/// no more than others, and their order among equals, which alone has a meaning, stays.
private func sortLongRunsOfMarks(_ scalars: inout [Unicode.Scalar]) {
  // The most marks that stream-safe text puts on one letter (UAX #15, section 13).
  let ordinaryLength = 30
  var start = 0
  for index in 0...scalars.count {
    let isMark =
      index < scalars.count && scalars[index].properties.canonicalCombiningClass != .notReordered
    guard !isMark else { continue }
    if index - start > ordinaryLength {
      // Swift's sort is stable in fact but not by contract: the place decides among equals.
      let order = scalars[start..<index].enumerated().sorted {
        let (left, right) = (
          $0.element.properties.canonicalCombiningClass,
          $1.element.properties.canonicalCombiningClass
        )
        return left == right ? $0.offset < $1.offset : left < right
      }
      scalars.replaceSubrange(start..<index, with: order.map(\.element))
    }
    start = index + 1
  }
}

/// A syllable without a final consonant is not joined with one that follows it (Unicode 3.12).
private func composedHangul(_ text: String) -> [UInt8] {
  var result = String.UnicodeScalarView()
  var syllable: Unicode.Scalar?
  for scalar in text.unicodeScalars {
    if let open = syllable, (0x11A8...0x11C2).contains(scalar.value),
      let closed = Unicode.Scalar(open.value + scalar.value - 0x11A7)
    {
      result.append(closed)
      syllable = nil
      continue
    }
    if let open = syllable { result.append(open) }
    let isOpen = (0xAC00...0xD7A3).contains(scalar.value) && (scalar.value - 0xAC00) % 28 == 0
    syllable = isOpen ? scalar : nil
    if !isOpen { result.append(scalar) }
  }
  if let open = syllable { result.append(open) }
  return Array(String(result).utf8)
}

/// Returns whether a code point is surely NFC_Quick_Check=Yes with combining class 0; text of
/// nothing else is in NFC already. False only costs time.
private func isStable(_ value: UInt32) -> Bool {
  switch value {
  case ..<0x300,  // Latin; the combining marks come after it
    0x370...0x373, 0x375...0x377, 0x37B...0x37D, 0x388...0x3FF,  // Greek
    0x400...0x482, 0x48A...0x52F,  // Cyrillic
    0x531...0x556, 0x561...0x587,  // Armenian
    0x5D0...0x5EA,  // Hebrew letters
    0x620...0x64A, 0x660...0x66F, 0x671...0x6D3,  // Arabic letters and digits
    0x905...0x939,  // Devanagari letters
    0xE01...0xE37, 0xE40...0xE47,  // Thai
    0x1E00...0x1EFF,  // Latin with marks, Vietnamese
    0x2002...0x2064, 0x20A0...0x20BF,  // punctuation, currency
    0x2100...0x2125, 0x2190...0x2328, 0x232B...0x2ADB,  // symbols
    0x3001...0x3029, 0x3041...0x3096, 0x309B...0x30FF,  // kana
    0x3400...0x4DBF, 0x4E00...0x9FFF,  // Han
    0xAC00...0xD7A3,  // Hangul syllables
    0xFF01...0xFFEE, 0x1F300...0x1FAFF:  // wide forms, emoji
    true
  default:
    false
  }
}
