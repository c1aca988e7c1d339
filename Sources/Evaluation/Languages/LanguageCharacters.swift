/// The characters of a text as language profiles count them: what tells no language apart is alike.
///
/// Reference: langdetect 1.0.9, `utils/ngram.py`.
enum LanguageCharacters {
  /// One character: marks and digits are blanks; kana, syllables of Hangul and rare ideographs are one
  /// each of their kind.
  static func normalized(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0...0x7F: isLatinLetter(scalar) ? scalar : " "
    case 0xA0, 0xAB, 0xB0, 0xBB, 0x2000...0x206F: " "
    // Romanian's letters with a comma are those with a cedilla.
    case 0x219: "\u{15F}"
    case 0x21B: "\u{163}"
    // Persian's yeh is the Arabic one.
    case 0x6CC: "\u{64A}"
    // Vietnamese letters with two marks.
    case 0x1EA0...0x1EFF: "\u{1EC3}"
    case 0x3040...0x309F: "\u{3042}"
    case 0x30A0...0x30FF: "\u{30A2}"
    case 0x3100...0x312F, 0x31A0...0x31BF: "\u{3105}"
    case 0x4E00...0x9FFF: ideographs[scalar] ?? scalar
    case 0xAC00...0xD7AF: "\u{AC00}"
    default: scalar
    }
  }

  static func isLatinLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("A"..."Z").contains(scalar) || ("a"..."z").contains(scalar)
  }

  /// Vietnamese letters and the marks after them as one character.
  static func composingVietnamese(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    // A letter that took a mark takes no other.
    var isTaken = true
    for scalar in scalars {
      if !isTaken, let letter = result.last, let composed = vietnamese[[letter, scalar]] {
        result[result.count - 1] = composed
        isTaken = true
      } else {
        result.append(scalar)
        isTaken = false
      }
    }
    return result
  }

  private static let ideographs: [Unicode.Scalar: Unicode.Scalar] = {
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for line in lines(of: LanguageProfileData.ideographs) {
      for scalar in line { table[scalar] = line.first }
    }
    return table
  }()

  private static let vietnamese: [[Unicode.Scalar]: Unicode.Scalar] = {
    let lines = Self.lines(of: LanguageProfileData.vietnamese)
    var table: [[Unicode.Scalar]: Unicode.Scalar] = [:]
    for (mark, row) in zip(lines[1], lines[2...]) {
      for (letter, composed) in zip(lines[0], row) { table[[letter, mark]] = composed }
    }
    return table
  }()

  private static func lines(of text: StaticString) -> [[Unicode.Scalar]] {
    "\(text)".unicodeScalars.split(separator: "\n").map { Array($0) }
  }
}
