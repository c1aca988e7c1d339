/// Cuts prepared text into the words that a trainer counts. Merges never cross from one to another.
struct TrainingWordSplitter {
  let splitsDigits: Bool
  let splitsByCharacterClass: Bool
  let allowsWhitespaceOnlyPieces: Bool

  /// Longer words are cut, so that no document makes a merge cost more than its share.
  static let maximumCharacterCount = 256

  private enum CharacterClass: UInt8 {
    case unset, space, lineOrTab, letter, mark, digit, number, other
  }

  private var classes = [CharacterClass](repeating: .unset, count: 0x11_0000)

  package init(splitsDigits: Bool, splitsByCharacterClass: Bool, allowsWhitespaceOnlyPieces: Bool) {
    self.splitsDigits = splitsDigits
    self.splitsByCharacterClass = splitsByCharacterClass
    self.allowsWhitespaceOnlyPieces = allowsWhitespaceOnlyPieces
  }

  /// Calls `body` with each word of `text`, in which spaces stand for U+2581.
  ///
  /// A word takes one space in front. Of several spaces all but the last are a word of their own.
  mutating func forEachWord(
    _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard let base = text.baseAddress else { return }
    var start = 0
    var position = 0
    var characterCount = 0
    var previous = CharacterClass.unset
    func cut(_ end: Int) {
      if start < end { body(UnsafeBufferPointer(rebasing: text[start..<end])) }
      start = end
      characterCount = 0
    }
    while position < text.count {
      let value = scalarValue(base + position)
      var current = characterClass(value)
      if current == .mark && previous != .unset && previous != .space { current = previous }
      if current != .space && previous == .space && position - start > 1 { cut(position - 1) }
      let continues =
        previous == .lineOrTab && current == .lineOrTab
        ? text[position - 1] == text[position] : joins(previous, current)
      if !continues || characterCount == Self.maximumCharacterCount { cut(position) }
      characterCount += 1
      previous = current
      position += encodedLength(lead: text[position])
    }
    cut(text.count)
  }

  private func joins(_ left: CharacterClass, _ right: CharacterClass) -> Bool {
    switch (left, right) {
    case (.unset, _): return true
    case (.space, .space): return allowsWhitespaceOnlyPieces
    case (_, .space), (.space, .lineOrTab): return false
    case (.digit, _) where splitsDigits, (_, .digit) where splitsDigits: return false
    case (.space, _): return true
    case (.digit, .number), (.number, .digit): return true
    default:
      return left == right || (!splitsByCharacterClass && left != .lineOrTab && right != .lineOrTab)
    }
  }

  private mutating func characterClass(_ value: UInt32) -> CharacterClass {
    let known = classes[Int(value)]
    if known != .unset { return known }
    let found = Self.classify(value)
    classes[Int(value)] = found
    return found
  }

  private static func classify(_ value: UInt32) -> CharacterClass {
    guard value != 0x20, let scalar = Unicode.Scalar(value) else { return .space }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .nonspacingMark, .spacingMark, .enclosingMark:
      return .mark
    case .decimalNumber:
      return .digit
    case .letterNumber, .otherNumber:
      return .number
    case .control, .lineSeparator, .paragraphSeparator:
      return .lineOrTab
    default:
      return .other
    }
  }
}

/// Counts how often each word occurs, in the order of their first occurrence.
struct WordCounter {
  private(set) var counts: [Int] = []
  private var bytes: [UInt8] = []
  private var starts = [0]
  private var hashes: [UInt64] = []
  private var slots = [Int32](repeating: -1, count: 1 << 12)

  var wordCount: Int { counts.count }

  /// The bytes of the word that came as number `index`.
  func word(_ index: Int) -> ArraySlice<UInt8> { bytes[starts[index]..<starts[index + 1]] }

  /// Counts a word, which occurred `count` times.
  mutating func add(_ word: UnsafeBufferPointer<UInt8>, count: Int = 1) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in word { hash = (hash ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15 }
    hash ^= hash >> 32
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if hashes[index] == hash && self.word(index).elementsEqual(word) {
        counts[index] += count
        return
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(counts.count)
    counts.append(count)
    hashes.append(hash)
    bytes.append(contentsOf: word)
    starts.append(bytes.count)
    if 2 * counts.count > slots.count { grow() }
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: 2 * slots.count)
    for (index, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index)
    }
  }
}
