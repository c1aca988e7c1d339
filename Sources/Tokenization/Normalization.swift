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
    let part = String(decoding: decomposingTibetanVowels(text[start..<position]), as: UTF8.self)
    result.append(contentsOf: part.precomposedStringWithCanonicalMapping.utf8)
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

/// Takes apart the three vowel signs that are starters themselves but decompose to marks: NFC never
/// puts them together again, and Swift 6.3's standard library does not sort their parts among the
/// marks in front of them.
private func decomposingTibetanVowels(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
  var result = Array(text)
  guard result.contains(0xE0) else { return result }
  for (whole, parts) in [
    ("\u{F73}", "\u{F71}\u{F72}"), ("\u{F75}", "\u{F71}\u{F74}"), ("\u{F81}", "\u{F71}\u{F80}"),
  ] {
    result = replacing(Array(whole.utf8), with: Array(parts.utf8), in: result)
  }
  return result
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
